package dev.mirrord.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TcpReassemblyTest {
    private final StringBuilder given = new StringBuilder();
    private boolean ended;
    private TcpReassembly reassembly = startingAt(1000);

    private TcpReassembly startingAt(int first) {
        return new TcpReassembly(
                first,
                new TcpReassembly.Sink() {
                    @Override
                    public void data(byte[] bytes, int offset, int length) {
                        given.append(new String(bytes, offset, length, StandardCharsets.US_ASCII));
                    }

                    @Override
                    public void end() {
                        ended = true;
                    }
                });
    }

    private boolean segment(int sequence, String text) {
        return segment(sequence, text, false);
    }

    private boolean segment(int sequence, String text, boolean fin) {
        byte[] packet = ("##" + text).getBytes(StandardCharsets.US_ASCII);
        return reassembly.segment(sequence, packet, 2, text.length(), fin);
    }

    @Test
    void segmentsInOrderAreGivenOn() {
        segment(1000, "one ");
        segment(1004, "two", true);
        assertThat(given).hasToString("one two");
        assertThat(ended).isTrue();
    }

    @Test
    void retransmissionsAreGivenOnce() {
        segment(1000, "one ");
        segment(1000, "one ");
        segment(1002, "e two");
        assertThat(given).hasToString("one two");
    }

    @Test
    void earlySegmentsWait() {
        segment(1004, "two ");
        segment(1008, "three", true);
        assertThat(given).isEmpty();
        assertThat(reassembly.hasHole()).isTrue();
        segment(1000, "one ");
        assertThat(given).hasToString("one two three");
        assertThat(ended).isTrue();
        assertThat(reassembly.hasHole()).isFalse();
    }

    @Test
    void sequenceNumbersWrap() {
        reassembly = startingAt(-6);
        segment(-2, "two ");
        segment(-6, "one ");
        segment(2, "three", true);
        assertThat(given).hasToString("one two three");
        assertThat(ended).isTrue();
    }

    @Test
    void theEndWaitsForWhatIsMissing() {
        segment(1004, "", true);
        assertThat(ended).isFalse();
        segment(1000, "one ");
        assertThat(ended).isTrue();
    }

    @Test
    void aHoleThatGrowsTooLargeIsSaid() {
        String chunk = "x".repeat(60_000);
        boolean whole = true;
        for (int at = 1001; whole && at < 4_000_000; at += chunk.length()) {
            whole = segment(at, chunk);
        }
        assertThat(whole).isFalse();
        assertThat(given).isEmpty();
    }

    @Test
    void anyOrderOfOverlappingSegmentsGivesTheSameBytes() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            given.setLength(0);
            ended = false;
            int first = random.nextInt();
            reassembly = startingAt(first);
            String whole = text(random, 500);
            List<int[]> pieces = new ArrayList<>();
            for (int at = 0; at < whole.length(); ) {
                int end = Math.min(whole.length(), at + 1 + random.nextInt(60));
                int start = Math.max(0, at - random.nextInt(20));
                pieces.add(new int[] {start, end});
                at = end;
            }
            Collections.shuffle(pieces, random);
            for (int[] piece : pieces) {
                segment(
                        first + piece[0],
                        whole.substring(piece[0], piece[1]),
                        piece[1] == whole.length());
            }
            assertThat(given).hasToString(whole);
            assertThat(ended).isTrue();
        }
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    @Test
    void onlyAResetInsideTheWindowCounts() {
        segment(1000, "one ");
        assertThat(reassembly.accepts(1004)).isTrue();
        assertThat(reassembly.accepts(999)).isFalse();
        assertThat(reassembly.accepts(1004 + (2 << 20))).isFalse();
    }
}
