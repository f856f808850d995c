package dev.mirrord.linux.socket;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/** Waiting for several descriptors, ppoll(2). */
public final class Poll {
    private static final int ENTRY = 8;
    private static final int EVENTS = 4;
    private static final int RESULT = 6;
    private static final short IN = 1;
    private static final long NANOS = 1_000_000_000;

    private Poll() {}

    /**
     * The positions of those that can be read without waiting, or have failed or ended; none when
     * the time is over or a signal came.
     *
     * @throws ErrnoException EINVAL: they are more than this process may have open
     */
    public static BitSet readable(int[] descriptors, long nanos) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entries =
                    arena.allocate((long) ENTRY * Math.max(1, descriptors.length), 8);
            for (int i = 0; i < descriptors.length; i++) {
                entries.set(ValueLayout.JAVA_INT, (long) ENTRY * i, descriptors[i]);
                entries.set(ValueLayout.JAVA_SHORT, (long) ENTRY * i + EVENTS, IN);
            }
            MemorySegment timeout =
                    arena.allocateFrom(ValueLayout.JAVA_LONG, nanos / NANOS, nanos % NANOS);
            long count =
                    SystemCall.PPOLL.invoke(
                            entries.address(), descriptors.length, timeout.address(), 0, 8);
            if (count < 0 && count != -Errno.EINTR) {
                throw new ErrnoException("ppoll", (int) -count);
            }
            BitSet ready = new BitSet();
            for (int i = 0; i < descriptors.length && count > 0; i++) {
                ready.set(i, entries.get(ValueLayout.JAVA_SHORT, (long) ENTRY * i + RESULT) != 0);
            }
            return ready;
        }
    }
}
