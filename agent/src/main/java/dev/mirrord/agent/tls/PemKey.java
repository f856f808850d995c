package dev.mirrord.agent.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Private keys as servers have them: PKCS #8, PKCS #1 (RSA), SEC 1 (EC), each as PEM (RFC 7468).
 */
final class PemKey {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final byte[] VERSION = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;

    /** rsaEncryption, NULL. */
    private static final byte[] RSA = {
        0x30, 0x0d, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
    };

    private PemKey() {}

    /**
     * @param owner of the certificate: an EC key may leave out its curve
     */
    static PrivateKey read(byte[] pem, String name, PublicKey owner) throws UnusableTls {
        String text = new String(pem, StandardCharsets.ISO_8859_1);
        if (text.contains("ENCRYPTED")) {
            throw new UnusableTls(
                    "the key in %s is encrypted: mirrord needs one without a passphrase"
                            .formatted(name));
        }
        try {
            Optional<byte[]> plain = block(text, "PRIVATE KEY");
            if (plain.isPresent()) {
                return key(owner.getAlgorithm(), plain.get());
            }
            Optional<byte[]> rsa = block(text, "RSA PRIVATE KEY");
            if (rsa.isPresent()) {
                return key("RSA", wrapped(RSA, rsa.get()));
            }
            Optional<byte[]> ec = block(text, "EC PRIVATE KEY");
            if (ec.isPresent()) {
                return key("EC", wrapped(algorithm(owner.getEncoded()), ec.get()));
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new UnusableTls(
                    "the key in %s cannot be read, or does not belong to the certificate"
                            .formatted(name));
        }
        throw new UnusableTls("%s has no private key (PEM)".formatted(name));
    }

    /** All blocks of one kind, as they are written. */
    static byte[] blocks(byte[] pem, String kind) {
        StringBuilder all = new StringBuilder();
        Matcher blocks = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (blocks.find()) {
            if (blocks.group(1).equals(kind)) {
                all.append(blocks.group()).append('\n');
            }
        }
        return all.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Optional<byte[]> block(String text, String kind) {
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            if (blocks.group(1).equals(kind)) {
                return Optional.of(Base64.getMimeDecoder().decode(blocks.group(2).strip()));
            }
        }
        return Optional.empty();
    }

    private static PrivateKey key(String algorithm, byte[] encoded)
            throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    /** PKCS #8 (RFC 5208) around an older form. */
    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, VERSION, algorithm, der(OCTETS, key));
    }

    /** The AlgorithmIdentifier of a SubjectPublicKeyInfo (RFC 5280, 4.1). */
    private static byte[] algorithm(byte[] publicKey) {
        int outer = header(publicKey, 0);
        int length = publicKey[outer + 1] & 0xff;
        if (publicKey[outer] != SEQUENCE || length >= 128) {
            throw new IllegalArgumentException("not a public key");
        }
        return Arrays.copyOfRange(publicKey, outer, outer + 2 + length);
    }

    private static int header(byte[] der, int at) {
        int length = der[at + 1] & 0xff;
        return at + 2 + (length < 128 ? 0 : length - 128);
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int length = content.size();
        all.write(tag);
        if (length < 128) {
            all.write(length);
        } else {
            all.write(0x82);
            all.write(length >> 8);
            all.write(length);
        }
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }
}
