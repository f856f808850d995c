package dev.mirrord.config;

/** What becomes of the target's incoming traffic. */
public enum IncomingMode {
    /** The app gets a copy, its answers are dropped. */
    MIRROR,
    /** The app answers in the target's place. */
    STEAL,
    OFF
}
