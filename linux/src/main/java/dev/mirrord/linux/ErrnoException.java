package dev.mirrord.linux;

import java.io.IOException;

/** A system call failed; the message is {@code "call: ENAME"}. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    public ErrnoException(String call, int errno) {
        super(call + ": " + Errno.name(errno));
        this.errno = errno;
    }

    /**
     * The result of {@code call}.
     *
     * @throws ErrnoException when it is {@code -errno}
     */
    public static long check(String call, long result) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call, (int) -result);
        }
        return result;
    }

    public int errno() {
        return errno;
    }
}
