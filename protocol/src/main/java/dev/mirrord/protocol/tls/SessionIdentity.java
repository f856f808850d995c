package dev.mirrord.protocol.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * A key (EC P-256) and its self-signed certificate, made for one session. The certificate is the
 * smallest that X.509 (RFC 5280) allows; trust comes from its fingerprint alone.
 */
public record SessionIdentity(PrivateKey key, X509Certificate certificate) {
    private static final byte[] ECDSA_WITH_SHA256 =
            sequence(new byte[] {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2});
    private static final byte[] COMMON_NAME = {6, 3, 0x55, 4, 3};

    /** Makes a new key and certificate. */
    public static SessionIdentity generate(String commonName) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            byte[] body = body(commonName, pair.getPublic().getEncoded());
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate());
            signature.update(body);
            byte[] der =
                    sequence(
                            body,
                            ECDSA_WITH_SHA256,
                            value(3, concat(new byte[1], signature.sign())));
            return new SessionIdentity(pair.getPrivate(), parse(der));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a session certificate", e);
        }
    }

    public Fingerprint fingerprint() {
        try {
            return Fingerprint.of(certificate);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Key and certificate as two PEM blocks (RFC 7468). It is a secret. */
    public String toPem() {
        try {
            return pem("PRIVATE KEY", key.getEncoded())
                    + pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #toPem} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static SessionIdentity fromPem(String pem) {
        try {
            byte[] key = block("PRIVATE KEY", pem);
            return new SessionIdentity(
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
                    parse(block("CERTIFICATE", pem)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a session identity", e);
        }
    }

    @Override
    public String toString() {
        return "SessionIdentity[" + fingerprint().hex() + "]";
    }

    private static byte[] body(String commonName, byte[] publicKey) {
        byte[] name =
                sequence(
                        value(
                                0x31,
                                sequence(
                                        COMMON_NAME,
                                        value(0x0c, commonName.getBytes(StandardCharsets.UTF_8)))));
        byte[] validity =
                sequence(
                        value(0x17, "200101000000Z".getBytes(StandardCharsets.US_ASCII)),
                        value(0x18, "99991231235959Z".getBytes(StandardCharsets.US_ASCII)));
        byte[] serial = new BigInteger(64, new SecureRandom()).setBit(62).toByteArray();
        byte[] version3 = value(0xa0, new byte[] {2, 1, 2});
        return sequence(
                version3, value(2, serial), ECDSA_WITH_SHA256, name, validity, name, publicKey);
    }

    private static X509Certificate parse(byte[] der) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der));
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(
                        label,
                        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der),
                        label);
    }

    private static byte[] block(String label, String pem) {
        String begin = "-----BEGIN " + label + "-----";
        int from = pem.indexOf(begin);
        int to = pem.indexOf("-----END " + label + "-----");
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no " + label + " block");
        }
        return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
    }

    private static byte[] sequence(byte[]... parts) {
        return value(0x30, concat(parts));
    }

    /** One DER value (X.690): tag, length, content. */
    private static byte[] value(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.length;
        if (length < 128) {
            out.write(length);
        } else if (length < 256) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
