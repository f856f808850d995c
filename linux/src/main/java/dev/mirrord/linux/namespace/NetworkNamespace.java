package dev.mirrord.linux.namespace;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.SystemCall;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.OpenFlags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The network namespace of a process (network_namespaces(7)). Entering it needs SYS_ADMIN. */
public final class NetworkNamespace {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final Path OWN = Path.of("/proc/self/ns/net");

    private final Path path;
    private final boolean own;

    private NetworkNamespace(Path path, boolean own) {
        this.path = path;
        this.own = own;
    }

    /** The one that this process was started in. */
    public static NetworkNamespace own() {
        return new NetworkNamespace(OWN, true);
    }

    /**
     * That of the process whose directory below /proc is given.
     *
     * @throws IOException when it cannot be seen: the process is gone, or SYS_PTRACE is missing
     */
    public static NetworkNamespace of(Path procDirectory) throws IOException {
        Path path = procDirectory.resolve("ns/net");
        boolean same = Files.readSymbolicLink(path).equals(Files.readSymbolicLink(OWN));
        return new NetworkNamespace(path, same);
    }

    /** True when nothing has to be entered. */
    public boolean isOwn() {
        return own;
    }

    /** Moves the calling thread, which must be a platform thread of its own kind, into it. */
    public void enter() throws ErrnoException {
        if (own) {
            return;
        }
        int fd =
                (int)
                        ErrnoException.check(
                                "open " + path,
                                FileCalls.open(
                                        path.toString().getBytes(StandardCharsets.UTF_8),
                                        OpenFlags.READ_ONLY));
        try {
            ErrnoException.check("setns " + path, SystemCall.SETNS.invoke(fd, CLONE_NEWNET));
        } finally {
            Descriptors.close(fd);
        }
    }
}
