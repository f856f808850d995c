package dev.mirrord.linux.namespace;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.SystemCall;
import dev.mirrord.linux.socket.Poll;
import java.util.BitSet;

/** A process held by a pidfd (pidfd_open(2)): its number cannot be taken over by another. */
public final class ProcessDescriptor implements AutoCloseable {
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
        long fd = ErrnoException.check("pidfd_open " + pid, SystemCall.PIDFD_OPEN.invoke(pid, 0));
        return new ProcessDescriptor((int) fd);
    }

    /** Waits until the process has ended; blocks the calling platform thread. */
    public void awaitEnd() throws ErrnoException {
        BitSet ended = new BitSet();
        while (ended.isEmpty()) {
            ended = Poll.readable(new int[] {fd}, Long.MAX_VALUE);
        }
    }

    @Override
    public void close() {
        Descriptors.close(fd);
    }
}
