package dev.mirrord.session.kubernetes.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PEM to certificates and private keys. Kubeconfigs carry keys as PKCS#8, as PKCS#1 (kind, RSA) and
 * as SEC 1 (k3s, EC); the JDK reads the first only, so the others are wrapped into it.
 */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END \\1-----");

    /** AlgorithmIdentifier of rsaEncryption, RFC 8017 A.1. */
    private static final byte[] RSA = {
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        1,
        1,
        1,
        5,
        0
    };

    /** OID of ecPublicKey, RFC 5480 2.1.1. */
    private static final byte[] EC_PUBLIC_KEY = {
        0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1
    };

    private Pem() {}

    static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher block = BLOCK.matcher(pem);
        while (block.find()) {
            if ("CERTIFICATE".equals(block.group(1))) {
                var der = new ByteArrayInputStream(decode(block.group(2)));
                certificates.add((X509Certificate) factory.generateCertificate(der));
            }
        }
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException("no CERTIFICATE block in the PEM text");
        }
        return certificates;
    }

    static PrivateKey privateKey(String pem) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(pem);
        while (block.find()) {
            byte[] der = decode(block.group(2));
            switch (block.group(1)) {
                case "PRIVATE KEY" -> {
                    return pkcs8(der);
                }
                case "RSA PRIVATE KEY" -> {
                    return pkcs8(wrap(RSA, der));
                }
                case "EC PRIVATE KEY" -> {
                    return pkcs8(wrap(tagged(0x30, concat(EC_PUBLIC_KEY, curve(der))), der));
                }
                case "ENCRYPTED PRIVATE KEY" ->
                        throw new GeneralSecurityException("the private key is encrypted");
                default -> {
                    // EC PARAMETERS and certificates may stand before the key
                }
            }
        }
        throw new GeneralSecurityException("no private key in the PEM text");
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        GeneralSecurityException last = new GeneralSecurityException("unknown kind of key");
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException other) {
                last = other;
            }
        }
        throw last;
    }

    /** PrivateKeyInfo of RFC 5208: version 0, algorithm, the key as an OCTET STRING. */
    private static byte[] wrap(byte[] algorithm, byte[] key) {
        byte[] version = {2, 1, 0};
        return tagged(0x30, concat(concat(version, algorithm), tagged(4, key)));
    }

    /** The curve's OID out of ECPrivateKey's [0] parameters (RFC 5915). */
    private static byte[] curve(byte[] der) throws GeneralSecurityException {
        for (int at = 0; at + 3 < der.length; at++) {
            int length = der[at + 1] & 0xff;
            boolean holdsOid =
                    (der[at] & 0xff) == 0xa0
                            && der[at + 2] == 6
                            && (der[at + 3] & 0xff) == length - 2
                            && at + 2 + length <= der.length;
            if (holdsOid) {
                byte[] oid = new byte[length];
                System.arraycopy(der, at + 2, oid, 0, length);
                return oid;
            }
        }
        throw new GeneralSecurityException("the EC key does not name its curve");
    }

    private static byte[] tagged(int tag, byte[] content) {
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 128) {
            out.write(content.length);
        } else if (content.length < 256) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length & 0xff);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concat(byte[] left, byte[] right) {
        byte[] both = new byte[left.length + right.length];
        System.arraycopy(left, 0, both, 0, left.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }

    private static byte[] decode(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }
}
