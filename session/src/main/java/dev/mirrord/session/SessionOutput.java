package dev.mirrord.session;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where a session's lines for the user go. Never the app's own output. */
public interface SessionOutput {
    /** A line that the user should see once. */
    void notice(String text);

    /** A step, for those who asked for details. */
    void detail(String text);

    /** Something begins that the user may have to wait for; several may be under way. */
    default void begins(Step step) {}

    /**
     * It is over.
     *
     * @param text what came of it; why not, if it failed
     */
    default void ended(Step step, boolean successful, String text, Duration took) {}

    /** What a session does before the app runs. */
    enum Step {
        TARGET("find the target"),
        AGENT("start the agent"),
        SIDECAR("start the sidecar");

        private final String text;

        Step(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /**
     * Does a step and tells of it.
     *
     * @param told what came of it
     */
    default <T> T follow(Step step, Supplier<T> work, Function<T, String> told) {
        long begun = System.nanoTime();
        begins(step);
        try {
            T result = work.get();
            ended(step, true, told.apply(result), since(begun));
            return result;
        } catch (RuntimeException failure) {
            ended(step, false, String.valueOf(failure.getMessage()), since(begun));
            throw failure;
        }
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
