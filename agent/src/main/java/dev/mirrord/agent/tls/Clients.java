package dev.mirrord.agent.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The clients of a target that asks who they are.
 *
 * @param trust what their certificates must come from, as at the target
 * @param shown what the target is shown in place of a client's certificate, which nobody else can
 *     show
 */
record Clients(X509TrustManager trust, Identity shown) {
    /**
     * @throws UnusableTls also when the target would not accept what it is shown
     */
    static Clients of(List<X509Certificate> roots, String rootsName, Identity shown, String name)
            throws UnusableTls {
        X509TrustManager trust = trusting(roots, rootsName);
        try {
            trust.checkClientTrusted(
                    shown.chain().toArray(X509Certificate[]::new), shown.key().getAlgorithm());
        } catch (CertificateException e) {
            throw new UnusableTls(
                    "the target would not accept the certificate in %s: it does not come from those in %s, or is not for clients (%s)"
                            .formatted(name, rootsName, e.getMessage()),
                    e);
        }
        return new Clients(trust, shown);
    }

    static X509TrustManager trusting(List<X509Certificate> roots, String name) throws UnusableTls {
        try {
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            for (X509Certificate root : roots) {
                anchors.setCertificateEntry(Integer.toString(anchors.size()), root);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(anchors);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new UnusableTls("%s cannot be used: %s".formatted(name, e.getMessage()), e);
        }
    }
}
