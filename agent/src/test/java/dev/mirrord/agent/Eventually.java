package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;

/** Waits for what has to come true. */
final class Eventually {
    private Eventually() {}

    /** What is waited for; asked over and over. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    static void within(int seconds, Condition condition) throws Exception {
        Instant deadline = Instant.now().plusSeconds(seconds);
        while (!condition.holds()) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.onSpinWait();
        }
    }
}
