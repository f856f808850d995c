package dev.mirrord.agent.steal;

/** How the kernel hands connections to the agent's listener. */
enum Takeover {
    /**
     * The socket is chosen, the packets stay as they are. Where there is no listener, the rule does
     * not match: the target gets what comes between the agent's death and the table's.
     */
    TPROXY,

    /** Destination NAT, for kernels without TPROXY: what comes then is refused. */
    REDIRECT
}
