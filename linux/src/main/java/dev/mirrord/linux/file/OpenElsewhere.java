package dev.mirrord.linux.file;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.SystemCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells whether open files of other processes, whose descriptors were here for a moment, are still
 * open there. An epoll instance keeps no reference to what is registered in it: a registration ends
 * when the last descriptor of the open file is closed, wherever that is (epoll(7)), and
 * /proc/self/fdinfo lists those that are left. It knows a registration by the open file and the
 * number of the descriptor, so all are made under one number. For one thread.
 */
public final class OpenElsewhere implements AutoCloseable {
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final boolean PACKED = !System.getProperty("os.arch").equals("aarch64");
    private static final Pattern NUMBER = Pattern.compile("data:\\s*([0-9a-f]+)");

    private final int epoll;
    private final int place;
    private long next = 1;

    public OpenElsewhere() throws ErrnoException {
        epoll =
                (int)
                        ErrnoException.check(
                                "epoll_create", SystemCall.EPOLL_CREATE.invoke(CLOSE_ON_EXEC));
        place =
                (int)
                        ErrnoException.check(
                                "fcntl", SystemCall.FCNTL.invoke(epoll, F_DUPFD_CLOEXEC, 0));
    }

    /**
     * Remembers the open file of {@code fd}, which the caller closes.
     *
     * @return its number from now on; one that it had before is no longer among {@link #open}
     */
    public long remember(int fd) throws ErrnoException {
        ErrnoException.check("dup3", SystemCall.DUP.invoke(fd, place, CLOSE_ON_EXEC));
        try (Arena arena = Arena.ofConfined()) {
            long number = next++;
            MemorySegment event = arena.allocate(16, 8);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, PACKED ? 4 : 8, number);
            SystemCall.EPOLL_CTL.invoke(epoll, REMOVE, place, event.address());
            ErrnoException.check(
                    "epoll_ctl", SystemCall.EPOLL_CTL.invoke(epoll, ADD, place, event.address()));
            return number;
        } finally {
            SystemCall.DUP.invoke(epoll, place, CLOSE_ON_EXEC);
        }
    }

    /** The numbers of those that are open. */
    public Set<Long> open() {
        Set<Long> numbers = new HashSet<>();
        Matcher lines = NUMBER.matcher(information(epoll));
        while (lines.find()) {
            numbers.add(Long.parseUnsignedLong(lines.group(1), 16));
        }
        return numbers;
    }

    /** What /proc tells of a descriptor of this process. */
    public static String information(int fd) {
        try {
            return Files.readString(Path.of("/proc/self/fdinfo/" + fd));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Descriptors.close(place);
        Descriptors.close(epoll);
    }
}
