package dev.mirrord.agent.mirror;

import dev.mirrord.protocol.PortProtocol;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the kernel lets through to the capture, in the language of pcap-filter(7). */
final class CaptureFilter {
    static final String NOTHING = "less 0";

    /** It has no port, or not at a fixed place: this process looks for it. */
    private static final String EXTENSIONS =
            "(ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 60))";

    private CaptureFilter() {}

    static String of(Collection<PortKey> ports) {
        if (ports.isEmpty()) {
            return NOTHING;
        }
        List<PortKey> sorted =
                ports.stream()
                        .sorted(
                                Comparator.comparing(PortKey::protocol)
                                        .thenComparingInt(PortKey::number))
                        .toList();
        return Stream.of(
                        sorted.stream()
                                .map(port -> port.protocol().text() + " dst port " + port.number()),
                        sorted.stream().map(port -> fragments(port.protocol())).distinct(),
                        Stream.of(EXTENSIONS))
                .flatMap(each -> each)
                .collect(Collectors.joining(" or ", "inbound and (", ")"));
    }

    /** Later fragments have no port. */
    private static String fragments(PortProtocol protocol) {
        int number =
                switch (protocol) {
                    case TCP -> TcpSegment.PROTOCOL;
                    case UDP -> UdpDatagram.PROTOCOL;
                };
        return "(ip proto " + number + " and ip[6:2] & 0x1fff != 0)";
    }
}
