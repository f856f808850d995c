package dev.mirrord.agent.tls;

import dev.mirrord.agent.http.OwnField;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** The certificate that a client has shown to the agent, checked. */
record ClientCertificate(Certificate certificate) {
    /** Empty: the client has shown none, or was not asked. */
    static Optional<ClientCertificate> of(SSLSession session) {
        try {
            return Optional.of(new ClientCertificate(session.getPeerCertificates()[0]));
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    /** As in RFC 9440, section 2.2. */
    static OwnField field(String name, Optional<ClientCertificate> shown) {
        return new OwnField(name, shown.map(ClientCertificate::encoded));
    }

    private String encoded() {
        try {
            return ":" + Base64.getEncoder().encodeToString(certificate.getEncoded()) + ":";
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
