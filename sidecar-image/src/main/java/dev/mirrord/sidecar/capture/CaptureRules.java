package dev.mirrord.sidecar.capture;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What the rules depend on.
 *
 * @param tcpPort where TPROXY hands connections to
 * @param udpPort where it hands datagrams to
 * @param dns port 53 is ours to decide
 * @param tcp connections go to the target
 * @param udp datagrams go to the target
 * @param udpFilter each new flow of datagrams is decided on its own
 * @param loopback connections to loopback ports on which nobody listens go to the target
 * @param dnsUpstream where Docker's embedded DNS sends what it does not know
 * @param ownAddresses the container's own, given by the engine
 * @param exempt reached by the engine's networks
 */
public record CaptureRules(
        int tcpPort,
        int udpPort,
        boolean dns,
        boolean tcp,
        boolean udp,
        boolean udpFilter,
        boolean loopback,
        Optional<String> dnsUpstream,
        List<InetAddress> ownAddresses,
        List<Prefix> exempt) {
    public CaptureRules {
        ownAddresses = List.copyOf(ownAddresses);
        exempt = List.copyOf(exempt);
    }
}
