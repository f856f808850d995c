package dev.mirrord.agent.mirror;

import java.util.Collection;
import java.util.stream.Collectors;

/** What the kernel lets through to the capture, in the language of pcap-filter(7). */
final class CaptureFilter {
    static final String NOTHING = "less 0";

    /** They have no port, or not at a fixed place: this process looks for it. */
    private static final String FRAGMENTS_AND_EXTENSIONS =
            "(ip proto 6 and ip[6:2] & 0x1fff != 0)"
                    + " or (ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 60))";

    private CaptureFilter() {}

    static String of(Collection<Integer> ports) {
        return ports.isEmpty()
                ? NOTHING
                : ports.stream()
                        .sorted()
                        .map(port -> "tcp dst port " + port)
                        .collect(
                                Collectors.joining(
                                        " or ",
                                        "inbound and (",
                                        " or " + FRAGMENTS_AND_EXTENSIONS + ")"));
    }
}
