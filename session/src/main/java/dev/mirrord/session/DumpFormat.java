package dev.mirrord.session;

/** How {@code mirrord dump} prints. */
public enum DumpFormat {
    /** Bytes as they are, those that a terminal would act upon as {@code \xNN}. */
    text,
    /** One object on each line. */
    json
}
