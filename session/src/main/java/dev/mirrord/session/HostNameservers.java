package dev.mirrord.session;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The nameservers that Docker would give a container without {@code --dns}: this machine's, but for
 * those on its loopback, which a container cannot reach.
 */
final class HostNameservers {
    /** The second is where systemd-resolved keeps those behind its stub. */
    private static final List<Path> FILES =
            List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf"));

    private HostNameservers() {}

    /** Those of the first file that has any; empty when there are none. */
    static List<String> find() {
        return find(FILES);
    }

    static List<String> find(List<Path> files) {
        return files.stream()
                .map(HostNameservers::read)
                .filter(servers -> !servers.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length > 1 && words[0].equals("nameserver"))
                    .map(words -> words[1])
                    .filter(HostNameservers::reachable)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean reachable(String text) {
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            return !address.isLoopbackAddress() && !address.isLinkLocalAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
