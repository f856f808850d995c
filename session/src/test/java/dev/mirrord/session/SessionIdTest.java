package dev.mirrord.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SessionIdTest {
    @RepeatedTest(50)
    void aRandomIdFitsNamesOfContainersAndPods() {
        assertThat(SessionId.random().value()).matches("[a-z][a-z0-9]{7}");
    }

    @Test
    void anotherFormIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionId("1abcdefg"));
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionId("ABC"));
    }
}
