package dev.mirrord.agent.query;

import dev.mirrord.agent.target.ContainerSearch;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which of the listening ports of a pod belong to one container: those whose sockets a process of
 * the container has open (/proc/PID/fd, proc_pid_fd(5)).
 */
final class OwnPorts {
    private static final Path PROC = Path.of("/proc");
    private static final String SOCKET = "socket:[";

    private OwnPorts() {}

    /**
     * @param listening ports by the inode of their socket
     */
    static SortedSet<Integer> of(String containerId, Map<Long, Integer> listening)
            throws IOException {
        SortedSet<Integer> own = new TreeSet<>();
        for (Path process : new ContainerSearch(PROC).processes(containerId)) {
            try (DirectoryStream<Path> descriptors =
                    Files.newDirectoryStream(process.resolve("fd"))) {
                for (Path descriptor : descriptors) {
                    Integer port = listening.get(inode(descriptor));
                    if (port != null) {
                        own.add(port);
                    }
                }
            } catch (IOException e) {
                // The process has ended, or belongs to a user whose descriptors are not shown.
            }
        }
        return own;
    }

    /** The inode of the socket behind {@code descriptor}, or -1 for everything else. */
    private static long inode(Path descriptor) {
        try {
            String link = Files.readSymbolicLink(descriptor).toString();
            return link.startsWith(SOCKET)
                    ? Long.parseLong(link.substring(SOCKET.length(), link.length() - 1))
                    : -1;
        } catch (IOException e) {
            return -1;
        }
    }
}
