package dev.mirrord.sidecar.target;

import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.dns.HostsFile;
import dev.mirrord.sidecar.dns.ResolvConf;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code /etc/resolv.conf} and {@code /etc/hosts}. The engine mounts the same files into the app's
 * container, so they are written in place: a new file in their stead would be seen by nobody.
 */
public final class HostFiles {
    private final Path etc;

    public HostFiles(Path etc) {
        this.etc = etc;
    }

    public void write(ResolvConf resolver, String targetHosts, List<InetAddress> ownAddresses) {
        Set<String> own =
                ownAddresses.stream().map(InetAddress::getHostAddress).collect(Collectors.toSet());
        try {
            if (!resolver.nameservers().isEmpty()) {
                Files.writeString(etc.resolve("resolv.conf"), resolver.text());
            }
            Path hosts = etc.resolve("hosts");
            Files.writeString(hosts, HostsFile.merge(Files.readString(hosts), targetHosts, own));
        } catch (IOException e) {
            Log.line("names of the target are incomplete", "why", e.getMessage());
        }
    }
}
