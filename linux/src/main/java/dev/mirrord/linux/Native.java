package dev.mirrord.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Down-calls into the C library. Every handle takes the errno capture segment as its first
 * argument; {@link #check} turns a negative result into an {@link ErrnoException}.
 */
public final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBC = LINKER.defaultLookup();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** One for each thread: to make one for each call costs more than most calls. */
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

    private Native() {}

    /** A call that receives the errno capture segment and returns its C result. */
    @FunctionalInterface
    public interface Call {
        long invoke(MemorySegment capture) throws Throwable;
    }

    /**
     * A handle for the C function {@code name}; the first parameter of the handle is the errno
     * capture segment.
     */
    public static MethodHandle handle(
            String name, FunctionDescriptor descriptor, Linker.Option... options) {
        List<Linker.Option> all = new ArrayList<>(List.of(options));
        all.add(Linker.Option.captureCallState("errno"));
        return LINKER.downcallHandle(
                LIBC.find(name).orElseThrow(() -> new UnsatisfiedLinkError(name)),
                descriptor,
                all.toArray(Linker.Option[]::new));
    }

    /**
     * Runs a call and returns its result.
     *
     * @throws ErrnoException when the result is negative
     */
    public static long check(String what, Call call) throws ErrnoException {
        long result = tryCall(what, call);
        if (result < 0) {
            throw new ErrnoException(what, (int) -result);
        }
        return result;
    }

    /** Runs a call; a failure is returned as {@code -errno}, as the kernel does. */
    public static long tryCall(String what, Call call) {
        MemorySegment capture = CAPTURED.get();
        try {
            long result = call.invoke(capture);
            return result < 0 ? -(int) ERRNO.get(capture, 0L) : result;
        } catch (Throwable e) {
            throw new IllegalStateException(what, e);
        }
    }

    /** {@code int} in a descriptor. */
    public static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    /** {@code long}, {@code size_t}, {@code ssize_t} in a descriptor. */
    public static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /** Any pointer in a descriptor. */
    public static final java.lang.foreign.AddressLayout POINTER = ValueLayout.ADDRESS;
}
