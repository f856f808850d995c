package dev.mirrord.agent.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** A certificate, its issuers, and its key; never shown to anybody as text. */
final class Identity {
    private static final byte[] PROBE = {1, 2, 3, 4};

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private Identity(List<X509Certificate> chain, PrivateKey key) {
        this.chain = List.copyOf(chain);
        this.key = key;
    }

    /**
     * @param certificateName what the certificate's text is called in messages
     * @param keyName what the key's text is called
     * @throws UnusableTls when they cannot be read, or do not belong together
     */
    static Identity of(byte[] certificate, String certificateName, byte[] key, String keyName)
            throws UnusableTls {
        List<X509Certificate> chain = certificates(certificate, certificateName);
        PrivateKey secret = PemKey.read(key, keyName, chain.getFirst().getPublicKey());
        if (!fits(chain.getFirst(), secret)) {
            throw new UnusableTls(
                    "the key in %s does not belong to the certificate in %s"
                            .formatted(keyName, certificateName));
        }
        return new Identity(chain, secret);
    }

    /** All certificates of a PEM text; whatever else it has is passed over. */
    static List<X509Certificate> certificates(byte[] pem, String name) throws UnusableTls {
        try {
            List<X509Certificate> all =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(PemKey.blocks(pem, "CERTIFICATE")))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!all.isEmpty()) {
                return all;
            }
        } catch (CertificateException e) {
            throw new UnusableTls("%s has a malformed certificate".formatted(name), e);
        }
        throw new UnusableTls("%s has no certificate (PEM)".formatted(name));
    }

    private static boolean fits(X509Certificate certificate, PrivateKey key) throws UnusableTls {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(PROBE);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update(PROBE);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    List<X509Certificate> chain() {
        return chain;
    }

    X509Certificate leaf() {
        return chain.getFirst();
    }

    PrivateKey key() {
        return key;
    }

    @Override
    public String toString() {
        return "identity of " + leaf().getSubjectX500Principal();
    }
}
