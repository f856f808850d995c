package dev.mirrord.sidecar.capture;

/** Where a new flow goes. */
public enum Decision {
    /** Its own way, as without mirrord. */
    STAY,
    /** A query to one of the target's nameservers, answered here. */
    DNS,
    /** A query of Docker's embedded DNS for what it does not know. */
    DNS_UPSTREAM,
    /** Through the agent. */
    TARGET
}
