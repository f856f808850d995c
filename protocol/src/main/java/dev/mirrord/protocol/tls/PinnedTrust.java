package dev.mirrord.protocol.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/**
 * Accepts exactly one certificate, known by its fingerprint. The handshake proves that the peer has
 * its key.
 */
final class PinnedTrust implements X509TrustManager {
    private final Fingerprint expected;

    PinnedTrust(Fingerprint expected) {
        this.expected = expected;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length != 1 || !Fingerprint.of(chain[0]).equals(expected)) {
            throw new CertificateException("the peer's certificate is not the one of this session");
        }
    }
}
