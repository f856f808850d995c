package dev.mirrord.linux.namespace;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** A process held by a pidfd (pidfd_open(2)): its number cannot be taken over by another. */
public final class ProcessDescriptor implements AutoCloseable {
    private static final long SYS_PIDFD_OPEN = 434;
    private static final short POLLIN = 1;
    private static final MethodHandle SYSCALL =
            Native.handle(
                    "syscall",
                    FunctionDescriptor.of(Native.LONG, Native.LONG, Native.INT, Native.INT),
                    Linker.Option.firstVariadicArg(1));
    private static final MethodHandle POLL =
            Native.handle(
                    "poll",
                    FunctionDescriptor.of(Native.INT, Native.POINTER, Native.LONG, Native.INT));

    private final int fd;

    private ProcessDescriptor(int fd) {
        this.fd = fd;
    }

    /**
     * Opens the process {@code pid}.
     *
     * @throws ErrnoException ESRCH when it is gone, ENOSYS before Linux 5.3
     */
    public static ProcessDescriptor open(long pid) throws ErrnoException {
        long fd =
                Native.check(
                        "pidfd_open " + pid,
                        c -> (long) SYSCALL.invokeExact(c, SYS_PIDFD_OPEN, (int) pid, 0));
        return new ProcessDescriptor((int) fd);
    }

    /** Waits until the process has ended; blocks the calling platform thread. */
    public void awaitEnd() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(8, 4);
            poll.set(ValueLayout.JAVA_INT, 0, fd);
            poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
            long result;
            do {
                result = Native.tryCall("poll", c -> (int) POLL.invokeExact(c, poll, 1L, -1));
            } while (result == -Errno.EINTR);
            if (result < 0) {
                throw new ErrnoException("poll pidfd", (int) -result);
            }
        }
    }

    @Override
    public void close() {
        Descriptors.close(fd);
    }
}
