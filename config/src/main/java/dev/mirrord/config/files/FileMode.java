package dev.mirrord.config.files;

/** {@code feature.fs.mode}: where files are for which no pattern decides. */
public enum FileMode {
    /** Reads are the target's, changes are local. */
    READ,
    /** All is the target's. */
    WRITE,
    /** Nothing is the target's, patterns or not. */
    LOCAL,
    /** Only what a pattern or a built-in list gives is the target's. */
    LOCALWITHOVERRIDES
}
