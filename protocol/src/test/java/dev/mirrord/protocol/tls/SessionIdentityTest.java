package dev.mirrord.protocol.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.PublicKey;
import org.junit.jupiter.api.Test;

class SessionIdentityTest {
    @Test
    void theCertificateIsSignedByItsOwnKey() throws Exception {
        SessionIdentity identity = SessionIdentity.generate("mirrord session");
        PublicKey key = identity.certificate().getPublicKey();
        identity.certificate().verify(key);
        identity.certificate().checkValidity();
        assertThat(identity.certificate().getSubjectX500Principal().getName())
                .isEqualTo("CN=mirrord session");
    }

    @Test
    void pemCarriesKeyAndCertificate() {
        SessionIdentity identity = SessionIdentity.generate("x");
        SessionIdentity read = SessionIdentity.fromPem(identity.toPem());
        assertThat(read.fingerprint()).isEqualTo(identity.fingerprint());
        assertThat(read.key()).isEqualTo(identity.key());
    }

    @Test
    void everyIdentityIsNew() {
        assertThat(SessionIdentity.generate("x").fingerprint())
                .isNotEqualTo(SessionIdentity.generate("x").fingerprint());
    }

    @Test
    void toStringShowsNoKey() {
        SessionIdentity identity = SessionIdentity.generate("x");
        assertThat(identity.toString())
                .contains(identity.fingerprint().hex())
                .doesNotContain("KEY");
    }

    @Test
    void otherTextIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> SessionIdentity.fromPem("hello"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Fingerprint("abc"));
    }
}
