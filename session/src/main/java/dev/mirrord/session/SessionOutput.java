package dev.mirrord.session;

/** Where a session's lines for the user go. Never the app's own output. */
public interface SessionOutput {
    /** A line that the user should see once. */
    void notice(String text);

    /** A step, for those who asked for details. */
    void detail(String text);
}
