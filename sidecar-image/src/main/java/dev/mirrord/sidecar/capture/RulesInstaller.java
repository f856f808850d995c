package dev.mirrord.sidecar.capture;

import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.SidecarFailure;
import java.util.List;
import java.util.Locale;

/** Gives the rules and routes to the kernel, and finds out which queue it has. */
public final class RulesInstaller {
    private RulesInstaller() {}

    /**
     * @param queue false: nobody listens on a queue, so nothing is held
     * @return the form of queue that is in place
     * @throws SidecarFailure a sentence that says what is missing
     */
    public static QueueForm install(CaptureRules rules, boolean queue) {
        Tool ipv4 = Tool.start(RuleText.routesIpv4(), "ip", "-force", "-batch", "-");
        Tool ipv6 = Tool.start(RuleText.routes(), "ip", "-6", "-force", "-batch", "-");
        QueueForm form = queue ? nftables(rules) : without(rules);
        check("ip", ipv4.result());
        Tool.Result six = ipv6.result();
        if (!acceptable(six)) {
            Log.line("no IPv6 routes", "why", six.words());
        }
        return form;
    }

    /** Adds the target's addresses to the loopback device: apps bind and connect to them. */
    public static void addAddresses(List<String> ipv4, List<String> ipv6) {
        StringBuilder four = new StringBuilder();
        ipv4.forEach(a -> four.append("address replace ").append(a).append("/32 dev lo\n"));
        StringBuilder six = new StringBuilder();
        ipv6.forEach(a -> six.append("address replace ").append(a).append("/128 dev lo nodad\n"));
        if (!ipv6.isEmpty()) {
            six.append("route replace default dev lo metric 65535\n");
        }
        Tool first = Tool.start(four.toString(), "ip", "-force", "-batch", "-");
        if (!six.isEmpty()) {
            Tool.Result second =
                    Tool.start(six.toString(), "ip", "-6", "-force", "-batch", "-").result();
            if (!second.succeeded()) {
                Log.line("no IPv6 addresses of the target", "why", second.words());
            }
        }
        Tool.Result result = first.result();
        if (!result.succeeded()) {
            Log.line("no IPv4 addresses of the target", "why", result.words());
        }
    }

    private static QueueForm nftables(CaptureRules rules) {
        Tool.Result own = nft(rules, QueueForm.NFTABLES);
        if (own.succeeded()) {
            return QueueForm.NFTABLES;
        }
        if (!own.words().contains("queue")) {
            throw failure("nft", own);
        }
        Tool.Result plain = nft(rules, QueueForm.IPTABLES_NFT);
        if (!plain.succeeded()) {
            throw failure("nft", plain);
        }
        if (iptables("nft")) {
            return QueueForm.IPTABLES_NFT;
        }
        if (iptables("legacy")) {
            return QueueForm.IPTABLES_LEGACY;
        }
        return without(rules);
    }

    private static QueueForm without(CaptureRules rules) {
        Tool.Result none = nft(rules, QueueForm.NONE);
        if (!none.succeeded()) {
            throw failure("nft", none);
        }
        return QueueForm.NONE;
    }

    private static Tool.Result nft(CaptureRules rules, QueueForm form) {
        return Tool.start(RuleText.nftables(rules, form), "nft", "-f", "-").result();
    }

    private static boolean iptables(String kind) {
        Tool four = Tool.start(RuleText.iptables(), "iptables-" + kind + "-restore");
        Tool six = Tool.start(RuleText.iptables(), "ip6tables-" + kind + "-restore");
        Tool.Result first = four.result();
        Tool.Result second = six.result();
        if (!first.succeeded()) {
            Log.line("no queue by xtables", "kind", kind, "why", first.words());
        } else if (!second.succeeded()) {
            Log.line("no IPv6 queue by xtables", "kind", kind, "why", second.words());
        }
        return first.succeeded();
    }

    private static void check(String tool, Tool.Result result) {
        if (!acceptable(result)) {
            throw failure(tool, result);
        }
    }

    /** A rule of an earlier process of this sidecar may be there already. */
    private static boolean acceptable(Tool.Result result) {
        return result.succeeded()
                || result.words()
                        .lines()
                        .filter(line -> line.contains("RTNETLINK") || line.startsWith("Error"))
                        .allMatch(line -> line.contains("File exists"));
    }

    private static SidecarFailure failure(String tool, Tool.Result result) {
        String words = result.words().lines().limit(3).reduce("", (a, b) -> a + " " + b).strip();
        String lower = words.toLowerCase(Locale.ROOT);
        if (lower.contains("operation not permitted") || lower.contains("permission denied")) {
            return new SidecarFailure(
                    "the sidecar has no NET_ADMIN capability in its network namespace (%s: %s); rootless engines and some policies take it away"
                            .formatted(tool, words));
        }
        if (lower.contains("no such file or directory") || lower.contains("not supported")) {
            return new SidecarFailure(
                    "the engine's kernel lacks what the sidecar needs (nf_tables with tproxy, conntrack, fib and reject): %s: %s"
                            .formatted(tool, words));
        }
        if (lower.contains("syntax error")) {
            return new SidecarFailure(
                    "nft in the sidecar's image is too old, 1.0 or newer is needed: " + words);
        }
        return new SidecarFailure(
                "the sidecar cannot install its rules: %s exited with %d: %s"
                        .formatted(tool, result.code(), words));
    }
}
