package dev.mirrord.agent.target;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    private static final long DAC_READ_SEARCH = 1 << 2;
    private static final long SYS_PTRACE = 1 << 19;

    @Test
    void nameWhatIsMissingToReadTheTarget() {
        assertThat(new Capabilities(0).whyUnreadable("/proc/7/environ"))
                .isEqualTo(
                        "cannot read /proc/7/environ: EACCES, the agent lacks SYS_PTRACE and"
                                + " DAC_READ_SEARCH");
        assertThat(new Capabilities(SYS_PTRACE).whyUnreadable("/proc/7/environ"))
                .endsWith("the agent lacks DAC_READ_SEARCH");
    }

    @Test
    void whatTheyDoNotExplainIsTheNodes() {
        assertThat(new Capabilities(SYS_PTRACE | DAC_READ_SEARCH).whyUnreadable("/proc/7/ns/net"))
                .startsWith("cannot read /proc/7/ns/net: EACCES, though the agent has ")
                .contains("AppArmor, SELinux, Yama", "user namespace");
    }
}
