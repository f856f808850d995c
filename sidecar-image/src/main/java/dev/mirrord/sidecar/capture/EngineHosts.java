package dev.mirrord.sidecar.capture;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Addresses in the engine's hosts file that are the user's own machine or containers: the customary
 * names of the engine's host and those that the user gave it ({@code --add-host X:host-gateway}),
 * and whatever is on a connected network ({@code --link}). Other lines may well name addresses of
 * the cluster.
 */
public final class EngineHosts {
    private static final Set<String> HOST_NAMES =
            Set.of(
                    "host.docker.internal",
                    "gateway.docker.internal",
                    "host.containers.internal",
                    "host.internal");

    private EngineHosts() {}

    /**
     * @param ownNames of the engine's host
     */
    public static List<InetAddress> reachable(
            String hosts, List<Prefix> connected, List<String> ownNames) {
        Set<String> hostNames = new HashSet<>(HOST_NAMES);
        ownNames.forEach(name -> hostNames.add(name.toLowerCase(Locale.ROOT)));
        List<InetAddress> found = new ArrayList<>();
        for (String line : hosts.lines().toList()) {
            String[] words = line.replaceAll("#.*", "").strip().split("\\s+");
            if (words.length < 2) {
                continue;
            }
            try {
                InetAddress address = InetAddress.getByName(words[0]);
                boolean host =
                        List.of(words).stream()
                                .anyMatch(
                                        word -> hostNames.contains(word.toLowerCase(Locale.ROOT)));
                boolean near = connected.stream().anyMatch(prefix -> prefix.contains(address));
                if (!address.isLoopbackAddress() && (host || near)) {
                    found.add(address);
                }
            } catch (UnknownHostException e) {
                // Not a line of hosts(5); whoever reads the file for real skips it too.
            }
        }
        return found;
    }
}
