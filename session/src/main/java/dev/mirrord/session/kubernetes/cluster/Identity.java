package dev.mirrord.session.kubernetes.cluster;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * As whom requests are made now.
 *
 * @param headers Authorization and Impersonate-…, secret
 * @param certificate the TLS client's, if any
 * @param expires when it has to be asked for again, null when that is not known
 */
record Identity(
        List<Map.Entry<String, String>> headers,
        @Nullable ClientCertificate certificate,
        @Nullable Instant expires) {

    /** PEM texts. */
    record ClientCertificate(String chain, String key) {

        @Override
        public String toString() {
            return "ClientCertificate[***]";
        }
    }

    @Override
    public String toString() {
        return "Identity[***]";
    }
}
