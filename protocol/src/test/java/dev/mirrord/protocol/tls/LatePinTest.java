package dev.mirrord.protocol.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;

class LatePinTest {
    private static final SessionIdentity AGENT = SessionIdentity.generate("agent");
    private static final SessionIdentity OTHER = SessionIdentity.generate("other");

    private final LatePin pin = new LatePin();

    private void present(SessionIdentity peer) throws CertificateException {
        pin.checkServerTrusted(new X509Certificate[] {peer.certificate()}, "EC");
    }

    @Test
    void theFirstCertificateIsTheOnlyOne() throws Exception {
        present(AGENT);
        present(AGENT);
        assertThatThrownBy(() -> present(OTHER)).isInstanceOf(CertificateException.class);
        assertThat(pin.settle(AGENT.fingerprint())).isTrue();
    }

    @Test
    void aStrangerThatCameFirstIsFoundOut() throws Exception {
        present(OTHER);
        assertThat(pin.settle(AGENT.fingerprint())).isFalse();
    }

    @Test
    void aKnownFingerprintKeepsStrangersOut() throws Exception {
        assertThat(pin.settle(AGENT.fingerprint())).isTrue();
        assertThatThrownBy(() -> present(OTHER)).isInstanceOf(CertificateException.class);
        present(AGENT);
    }
}
