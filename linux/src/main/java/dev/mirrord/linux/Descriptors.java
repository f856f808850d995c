package dev.mirrord.linux;

/** Raw descriptors. */
public final class Descriptors {
    private Descriptors() {}

    /** Closes {@code fd}; errors are of no use to anyone and ignored. */
    public static void close(int fd) {
        SystemCall.CLOSE.invoke(fd);
    }
}
