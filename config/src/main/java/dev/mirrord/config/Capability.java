package dev.mirrord.config;

/** Linux capabilities that {@code agent.disabled_capabilities} takes from the agent. */
public enum Capability {
    NET_ADMIN,
    NET_RAW,
    SYS_PTRACE,
    DAC_READ_SEARCH,
    SYS_ADMIN
}
