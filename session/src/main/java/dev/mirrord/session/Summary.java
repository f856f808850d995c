package dev.mirrord.session;

import dev.mirrord.config.IncomingMode;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.NetworkConfig;
import dev.mirrord.session.kubernetes.target.ResolvedTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in one line what of a session is remote. */
final class Summary {
    private Summary() {}

    static String of(MirrordConfig config, Optional<ResolvedTarget> target) {
        NetworkConfig network = config.feature().network();
        List<String> remote = new ArrayList<>();
        if (target.isPresent()) {
            remote.add("environment");
        }
        if (network.dns().enabled()) {
            remote.add("DNS");
        }
        if (network.outgoing().tcp() && network.outgoing().udp()) {
            remote.add("outgoing");
        } else if (network.outgoing().tcp()) {
            remote.add("outgoing TCP");
        } else if (network.outgoing().udp()) {
            remote.add("outgoing UDP");
        }
        String where =
                target.map(pod -> "pod " + pod.pod() + ", container " + pod.container())
                        .orElse("no pod");
        return "%s: %s%s"
                .formatted(
                        where,
                        remote.isEmpty() ? "nothing remote" : String.join(", ", remote),
                        incoming(network.incoming().mode(), target));
    }

    private static String incoming(IncomingMode mode, Optional<ResolvedTarget> target) {
        if (target.isEmpty()) {
            return "";
        }
        String ports = ports(target.get().declaredPorts());
        return switch (mode) {
            case OFF -> "; incoming traffic off";
            case MIRROR -> "; " + ports + " mirrored: answers dropped, --steal takes over";
            case STEAL -> "; " + ports + " stolen as soon as the app listens";
        };
    }

    private static String ports(List<Integer> declared) {
        return switch (declared.size()) {
            case 0 -> "every port that the app listens on is";
            case 1 -> "port " + declared.getFirst();
            default ->
                    "ports "
                            + declared.stream()
                                    .map(Object::toString)
                                    .collect(Collectors.joining(", "));
        };
    }
}
