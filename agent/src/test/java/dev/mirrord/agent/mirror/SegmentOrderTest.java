package dev.mirrord.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** A stream's bytes come out as they were, however they were cut, mixed up and repeated. */
class SegmentOrderTest {
    private static final int CASES = 5_000;

    @Test
    void anySegmentationOrderDuplicationAndOverlapGivesTheSameBytes() {
        for (int seed = 0; seed < CASES; seed++) {
            byte[] choices = new byte[600];
            new Random(seed).nextBytes(choices);
            ShuffledStream stream = new ShuffledStream(choices);
            assertThat(stream.failure()).as("seed " + seed).isEmpty();
        }
    }
}
