package dev.mirrord.protocol.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trust in one certificate whose fingerprint may become known only after the first handshake: the
 * first certificate is let through, from then on no other is, and {@link #settle} tells whether it
 * was the right one. The handshake proves that the peer has its key. Safe for all threads.
 */
public final class LatePin implements X509TrustManager {
    private @Nullable Fingerprint pinned;

    /** False when another certificate than this one was let through before. */
    public synchronized boolean settle(Fingerprint expected) {
        if (pinned == null) {
            pinned = expected;
        }
        return pinned.equals(expected);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("not for a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        if (chain.length != 1 || !settle(Fingerprint.of(chain[0]))) {
            throw new CertificateException("the peer's certificate is not the one of this session");
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
