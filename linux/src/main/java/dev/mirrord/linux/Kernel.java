package dev.mirrord.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The way into the kernel: the images' {@code libmirrord-syscall.so}, which starts 50 ms earlier,
 * else a down-call of the C library's syscall(2).
 */
final class Kernel {
    private static final boolean DIRECT = load();

    private Kernel() {}

    /** The result, or {@code -errno}. */
    static long call(long number, long a, long b, long c, long d, long e, long f) {
        return DIRECT ? direct(number, a, b, c, d, e, f) : Foreign.call(number, a, b, c, d, e, f);
    }

    private static native long direct(long number, long a, long b, long c, long d, long e, long f);

    private static boolean load() {
        try {
            System.loadLibrary("mirrord-syscall");
            return true;
        } catch (UnsatisfiedLinkError absent) {
            return false;
        }
    }

    /** Linked when it is needed. */
    private static final class Foreign {
        private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();

        /** One for each thread: to make one for each call costs more than most calls. */
        private static final ThreadLocal<MemorySegment> CAPTURED =
                ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

        private static final MethodHandle HANDLE = link();

        private Foreign() {}

        static long call(long number, long a, long b, long c, long d, long e, long f) {
            MemorySegment capture = CAPTURED.get();
            try {
                long result = (long) HANDLE.invokeExact(capture, number, a, b, c, d, e, f);
                // On Linux errno is all that is captured.
                return result < 0 ? -capture.get(ValueLayout.JAVA_INT, 0) : result;
            } catch (Throwable thrown) {
                throw new IllegalStateException("system call " + number, thrown);
            }
        }

        private static MethodHandle link() {
            Linker linker = Linker.nativeLinker();
            ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(word, word, word, word, word, word, word, word),
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));
        }
    }
}
