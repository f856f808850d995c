package dev.mirrord.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
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
        for (int at = 1001; whole && at < 20_000_000; at += chunk.length()) {
            whole = segment(at, chunk);
        }
        assertThat(whole).isFalse();
        assertThat(given).isEmpty();
    }

    @Test
    void aKeepAlivesOldByteIsNoData() {
        segment(999, "?");
        segment(1000, "one ");
        segment(1003, "?");
        segment(1004, "two");
        assertThat(given).hasToString("one two");
    }

    @Test
    void whatWasGivenOnStays() {
        segment(1000, "one ");
        segment(1000, "ONE TWO");
        assertThat(given).hasToString("one TWO");
    }

    @Test
    void amongWaitingSegmentsTheOneThatStartsEarlierWins() {
        segment(1004, "bbbb");
        segment(1002, "aaaa");
        segment(1000, "##");
        assertThat(given).hasToString("##aaaabb");
    }

    @Test
    void atTheSameStartTheLongerWins() {
        segment(1002, "aa");
        segment(1002, "bbbb");
        segment(1002, "cccc");
        segment(1000, "##");
        assertThat(given).hasToString("##bbbb");
    }

    @Test
    void whatNobodyCanKnowIsSaid() {
        segment(1002, "aa");
        segment(1004, "bb");
        assertThat(segment(1003, "ab")).isTrue();
        assertThat(segment(1003, "xx")).isFalse();
    }

    @Test
    void nothingComesAfterTheEnd() {
        segment(1004, "too late");
        segment(1000, "one ", true);
        assertThat(given).hasToString("one ");
        assertThat(ended).isTrue();
    }

    @Test
    void anOldSegmentDoesNotEndTheConnection() {
        segment(1000, "one two");
        segment(1000, "one", true);
        assertThat(ended).isFalse();
    }

    @Test
    void whatIsOutsideAnyWindowIsIgnored() {
        assertThat(segment(1000 + (1 << 30) + 1, "far")).isTrue();
        assertThat(reassembly.hasHole()).isFalse();
    }

    @Test
    void onlyAResetThatTheKernelBelievesCounts() {
        segment(1000, "one ");
        assertThat(reassembly.accepts(1004)).isTrue();
        assertThat(reassembly.accepts(1003)).isFalse();
        assertThat(reassembly.accepts(1005)).isFalse();
        segment(1010, "early");
        assertThat(reassembly.accepts(1015)).isTrue();
        assertThat(reassembly.accepts(1012)).isFalse();
    }

    @Test
    void aResetAfterTheEndCountsWithTheEndsNumberAndTheNext() {
        segment(1000, "one ", true);
        assertThat(reassembly.accepts(1004)).isTrue();
        assertThat(reassembly.accepts(1005)).isTrue();
        assertThat(reassembly.accepts(1006)).isFalse();
    }
}
