package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AgentOptionsTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @Test
    void aContainerIdMayHaveItsRuntimesScheme() throws Exception {
        AgentOptions options =
                AgentOptions.parse(
                        "--session-certificate-sha256", HEX,
                        "--target-container-id", "containerd://0123456789abcdef",
                        "--communication-timeout", "5",
                        "--port", "40001");
        assertThat(options.containerId()).hasValue("0123456789abcdef");
        assertThat(options.port()).isEqualTo(40_001);
        assertThat(options.patience()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void badArgumentsAreNamed() {
        assertFails("--nonsense", "--nonsense");
        assertFails("usage", "--targetless");
        assertFails("usage", "--session-certificate-sha256", HEX);
        assertFails("needs a value", "--session-certificate-sha256");
        assertFails("64 hex digits", "--session-certificate-sha256", "abc", "--targetless");
        assertFails("container ID", "--target-container-id", "../../etc");
        assertFails("not a number", "--communication-timeout", "soon");
        assertFails("must be 1 to", "--communication-timeout", "0");
        assertFails("must be 1 to 65535", "--port", "65536");
    }

    private static void assertFails(String text, String... arguments) {
        assertThatThrownBy(() -> AgentOptions.parse(arguments))
                .isInstanceOf(AgentFailure.class)
                .hasMessageContaining(text);
    }
}
