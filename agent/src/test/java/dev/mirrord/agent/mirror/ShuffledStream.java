package dev.mirrord.agent.mirror;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A stream of bytes, cut into segments that come as {@code choices} say: in any order, more than
 * once, overlapping, with keep-alives of wrong bytes in between; a part may never come.
 */
final class ShuffledStream {
    private static final int MOST = 2_000;

    private final ByteBuffer choices;
    private final byte[] whole;
    private final int first;
    private final ByteArrayOutputStream given = new ByteArrayOutputStream();
    private final TcpReassembly reassembly;
    private int ends;
    private boolean known = true;

    ShuffledStream(byte[] choices) {
        this.choices = ByteBuffer.wrap(choices);
        this.first = choose() << 24 | choose() << 16 | choose();
        this.whole = new byte[1 + (choose() * 256 + choose()) % MOST];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = (byte) (i * 31 + (i >> 8));
        }
        this.reassembly =
                new TcpReassembly(
                        first,
                        new TcpReassembly.Sink() {
                            @Override
                            public void data(byte[] bytes, int offset, int length) {
                                given.write(bytes, offset, length);
                            }

                            @Override
                            public void end() {
                                ends++;
                            }
                        });
    }

    private int choose() {
        return choices.hasRemaining() ? choices.get() & 0xff : 0;
    }

    /** Plays it; what is wrong, if anything. */
    Optional<String> failure() {
        List<int[]> segments = segments();
        boolean complete = choose() >= 32;
        if (!complete) {
            segments.remove(choose() % segments.size());
        }
        for (int[] each : segments) {
            play(each[0], each[1]);
            if (choose() < 24) {
                keepAlive();
            }
        }
        byte[] out = given.toByteArray();
        boolean covered = covers(segments);
        if (!Arrays.equals(out, 0, out.length, whole, 0, Math.min(out.length, whole.length))) {
            return Optional.of("other bytes came out");
        }
        if (!known) {
            return Optional.of("copies that are alike were taken for different ones");
        }
        if (covered && (out.length != whole.length || ends != 1 || reassembly.hasHole())) {
            return Optional.of("%d of %d bytes, %d ends".formatted(out.length, whole.length, ends));
        }
        return !covered && ends > 0 ? Optional.of("an end in spite of a hole") : Optional.empty();
    }

    private boolean covers(List<int[]> segments) {
        boolean[] seen = new boolean[whole.length + 1];
        for (int[] each : segments) {
            Arrays.fill(seen, each[0], each[1], true);
            seen[whole.length] |= each[1] == whole.length;
        }
        for (boolean each : seen) {
            if (!each) {
                return false;
            }
        }
        return true;
    }

    private List<int[]> segments() {
        List<int[]> segments = new ArrayList<>();
        for (int at = 0; at < whole.length; ) {
            int end = Math.min(whole.length, at + 1 + choose() % 120);
            int start = Math.max(0, at - (choose() < 64 ? choose() % 90 : 0));
            segments.add(new int[] {start, end});
            at = end;
        }
        for (int again = choose() % 8; again > 0; again--) {
            segments.add(segments.get(choose() % segments.size()));
        }
        for (int i = segments.size() - 1; i > 0; i--) {
            int other = Math.max(0, i - choose() % 12);
            int[] moved = segments.get(i);
            segments.set(i, segments.get(other));
            segments.set(other, moved);
        }
        return segments;
    }

    private void play(int start, int end) {
        byte[] packet = new byte[end - start + 3];
        System.arraycopy(whole, start, packet, 3, end - start);
        known &= reassembly.segment(first + start, packet, 3, end - start, end == whole.length);
    }

    /** One byte, before the next that is expected: never data (RFC 9293, section 3.8.4). */
    private void keepAlive() {
        byte[] wrong = {(byte) 0xee};
        known &= reassembly.segment(first + given.size() - 1, wrong, 0, 1, false);
    }
}
