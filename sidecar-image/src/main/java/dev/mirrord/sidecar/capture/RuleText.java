package dev.mirrord.sidecar.capture;

import static dev.mirrord.sidecar.capture.Marks.text;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the rules. A packet of the app meets, in this order:
 *
 * <pre>
 *   classify  (output -160)  known flows by their ct mark; new ones: accepted, CAPTURE or HOLD
 *   hold      (output -150)  HOLD waits in the queue; the verdict's mark replaces it
 *   verdict   (output -140)  CAPTURE and STAY are remembered in the ct mark, refusals are rejected;
 *                            what still has HOLD met no listener on the queue: rejected, never leaked
 *   route     mark CAPTURE   table {@value #TABLE}: local, by the loopback device
 *   divert    (prerouting)   TPROXY to the sidecar's listeners
 * </pre>
 */
public final class RuleText {
    /** Number of the netfilter queue. */
    public static final int QUEUE = 19794;

    /** Number of the routing table. */
    public static final int TABLE = 19794;

    private static final String DOCKER_DNS = "127.0.0.11";

    private RuleText() {}

    /** Input of {@code nft -f -}; one transaction, whatever was there before. */
    public static String nftables(CaptureRules rules, QueueForm form) {
        return """
        table inet mirrord
        delete table inet mirrord
        table inet mirrord {
          chain classify {
            type route hook output priority -160; policy accept;
            meta mark { %1$s, %9$s } accept
            meta mark %2$s ct mark 0 ct mark set %2$s
            meta mark %2$s accept
            ct direction reply ct mark %2$s meta mark set %3$s accept
            ct direction reply accept
            ct mark %3$s meta mark set %3$s accept
            ct mark %4$s accept
            meta l4proto != { tcp, udp } accept
        %5$s    goto capture
          }
          chain loopback {
        %6$s  }
          chain capture {
        %7$s  }
        %8$s  chain verdict {
            type filter hook output priority -140; policy accept;
            meta mark %9$s meta l4proto tcp reject with tcp reset
            meta mark %9$s reject with icmpx type port-unreachable
            meta mark %10$s meta l4proto tcp reject with tcp reset
            meta mark %10$s reject with icmpx type port-unreachable
            meta mark %11$s reject with icmpx type host-unreachable
            meta mark %12$s reject with icmpx type no-route
            meta mark %3$s ct mark 0 ct mark set %3$s
            meta mark %4$s ct mark set %4$s meta mark set 0
          }
          chain divert {
            type filter hook prerouting priority -150; policy accept;
            meta mark != %3$s accept
            meta nfproto ipv4 meta l4proto tcp tproxy ip to 127.0.0.1:%13$d accept
            meta nfproto ipv4 meta l4proto udp tproxy ip to 127.0.0.1:%14$d accept
            meta nfproto ipv6 meta l4proto tcp tproxy ip6 to [::1]:%13$d accept
            meta nfproto ipv6 meta l4proto udp tproxy ip6 to [::1]:%14$d accept
          }
        }
        """
                .formatted(
                        text(Marks.OWN),
                        text(Marks.INJECTED),
                        text(Marks.CAPTURE),
                        text(Marks.STAY),
                        lines(exemptions(rules, form)),
                        lines(loopback(rules, form)),
                        lines(capture(rules, form)),
                        form == QueueForm.NFTABLES ? hold() : "",
                        text(Marks.HOLD),
                        text(Marks.REFUSED),
                        text(Marks.HOST_UNREACHABLE),
                        text(Marks.NET_UNREACHABLE),
                        rules.tcpPort(),
                        rules.udpPort());
    }

    /** Input of {@code iptables-restore} and {@code ip6tables-restore}. */
    public static String iptables() {
        return """
        *mangle
        -A OUTPUT -m mark --mark %s -j NFQUEUE --queue-num %d --queue-bypass
        COMMIT
        """
                .formatted(text(Marks.HOLD), QUEUE);
    }

    /** Input of {@code ip -batch -}, for both families. */
    public static String routes() {
        return """
        rule add fwmark %s lookup %d pref 100
        route replace local default dev lo table %d
        """
                .formatted(text(Marks.CAPTURE), TABLE, TABLE);
    }

    /** As {@link #routes}, for IPv4: a namespace without a way out still reaches the hook. */
    public static String routesIpv4() {
        return routes() + "route replace default dev lo metric 4294967294\n";
    }

    private static String hold() {
        return """
          chain hold {
            type filter hook output priority -150; policy accept;
            meta mark %s queue num %d bypass
          }
        """
                .formatted(text(Marks.HOLD), QUEUE);
    }

    private static List<String> exemptions(CaptureRules rules, QueueForm form) {
        List<String> lines = new ArrayList<>();
        lines.add("ip daddr " + DOCKER_DNS + " accept");
        lines.add("ip saddr " + DOCKER_DNS + " accept");
        rules.dnsUpstream()
                .ifPresent(
                        upstream -> {
                            lines.add("ip daddr %s udp dport 53 %s".formatted(upstream, take()));
                            lines.add("ip daddr %s tcp dport 53 %s".formatted(upstream, syn(form)));
                        });
        lines.add("fib daddr type { multicast, broadcast, anycast } accept");
        lines.add("udp dport { 67, 68, 546, 547 } accept");
        lines.add("ip6 daddr fe80::/10 accept");
        lines.add("fib daddr type local goto loopback");
        addresses("ip", rules.exempt().stream().filter(Prefix::isIpv4).toList(), lines);
        addresses(
                "ip6", rules.exempt().stream().filter(prefix -> !prefix.isIpv4()).toList(), lines);
        return lines;
    }

    private static void addresses(String family, List<Prefix> prefixes, List<String> lines) {
        for (Prefix prefix : prefixes) {
            lines.add("%s daddr %s accept".formatted(family, prefix));
        }
    }

    private static List<String> loopback(CaptureRules rules, QueueForm form) {
        List<String> lines = new ArrayList<>();
        if (form == QueueForm.NONE) {
            return List.of("accept");
        }
        if (rules.dns()) {
            lines.add("udp dport 53 meta mark set %s accept".formatted(text(Marks.HOLD)));
        }
        if (rules.loopback()) {
            for (InetAddress address : rules.ownAddresses()) {
                lines.add(
                        "%s daddr %s accept"
                                .formatted(
                                        address.getAddress().length == 4 ? "ip" : "ip6",
                                        Addresses.text(address)));
            }
            lines.add(syn(form));
        }
        lines.add("accept");
        return lines;
    }

    private static List<String> capture(CaptureRules rules, QueueForm form) {
        List<String> lines = new ArrayList<>();
        if (rules.dns()) {
            lines.add("udp dport 53 " + (form == QueueForm.NONE ? take() : holdNow()));
            lines.add("tcp dport 53 " + syn(form));
        } else {
            lines.add("meta l4proto { tcp, udp } th dport 53 accept");
        }
        if (rules.tcp()) {
            lines.add(syn(form));
            // Of a connection that nobody remembers: it must not leave by the local network.
            lines.add("meta l4proto tcp drop");
        }
        if (rules.udp()) {
            lines.add("meta l4proto udp " + (rules.udpFilter() ? holdNow() : take()));
        }
        lines.add("accept");
        return lines;
    }

    private static String syn(QueueForm form) {
        return "tcp flags & (fin|syn|rst|ack) == syn "
                + (form == QueueForm.NONE ? take() : holdNow());
    }

    private static String holdNow() {
        return "meta mark set %s accept".formatted(text(Marks.HOLD));
    }

    private static String take() {
        return "ct mark set %1$s meta mark set %1$s accept".formatted(text(Marks.CAPTURE));
    }

    private static String lines(List<String> lines) {
        return lines.stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
    }
}
