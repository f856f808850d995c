package dev.mirrord.agent.incoming;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.socket.ListeningSockets;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A mesh whose proxy is in the pod: the pod's rules give it all that comes in, and it hands the
 * plain text on by loopback.
 */
public enum ServiceMesh {
    /** Istio and Kuma have the same ports. */
    ENVOY(
            "Istio's or Kuma's proxy",
            15_006,
            Set.of(
                    9_901, 15_000, 15_001, 15_004, 15_006, 15_008, 15_010, 15_020, 15_021, 15_053,
                    15_090)),
    LINKERD("Linkerd's proxy", 4_143, Set.of(4_140, 4_143, 4_190, 4_191));

    private final String proxy;
    private final int inbound;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of cannot be changed
    private final Set<Integer> own;

    ServiceMesh(String proxy, int inbound, Set<Integer> own) {
        this.proxy = proxy;
        this.inbound = inbound;
        this.own = own;
    }

    /** Where the proxy takes what comes in. */
    public int inbound() {
        return inbound;
    }

    /** Those whose proxy listens in the network namespace of the calling thread. */
    public static List<ServiceMesh> here() throws IOException {
        try (ListeningSockets sockets = ListeningSockets.open()) {
            Set<Integer> listening =
                    Set.copyOf(
                            sockets.list().stream().map(each -> each.port()).distinct().toList());
            return Arrays.stream(values())
                    .filter(mesh -> listening.contains(mesh.inbound))
                    .toList();
        }
    }

    /** Refuses a port that belongs to a mesh that is here: all of the pod's traffic is there. */
    public static void refuseOwn(int port) throws SubscriptionRefused, IOException {
        boolean possible = Arrays.stream(values()).anyMatch(mesh -> mesh.own.contains(port));
        for (ServiceMesh mesh : possible ? here() : List.<ServiceMesh>of()) {
            if (mesh.own.contains(port)) {
                throw new SubscriptionRefused(
                        Errno.EPERM,
                        "it belongs to %s in the target's pod; feature.network.incoming.ignore_ports"
                                        .formatted(mesh.proxy)
                                + " keeps it the app's own");
            }
        }
    }
}
