package dev.mirrord.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** open(2), close(2) and their like on raw descriptors. */
public final class Descriptors {
    public static final int O_RDONLY = 0;
    public static final int O_CLOEXEC = 0x80000;

    private static final MethodHandle OPEN =
            Native.handle(
                    "open",
                    FunctionDescriptor.of(Native.INT, Native.POINTER, Native.INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE =
            Native.handle("close", FunctionDescriptor.of(Native.INT, Native.INT));

    private Descriptors() {}

    /** Opens {@code path}; flags as in open(2). */
    public static int open(String path, int flags) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path);
            return (int) Native.check("open " + path, c -> (int) OPEN.invokeExact(c, name, flags));
        }
    }

    /** Closes {@code fd}; errors are of no use to anyone and ignored. */
    public static void close(int fd) {
        Native.tryCall("close", c -> (int) CLOSE.invokeExact(c, fd));
    }
}
