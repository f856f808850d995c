package dev.mirrord.sidecar.capture;

import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.SidecarFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gives the rules and routes to the kernel, and finds out which queue it has. */
public final class RulesInstaller {
    private static final Tools.Result MISSING = new Tools.Result(-1, "not run");

    private RulesInstaller() {}

    /**
     * @param queue false: nobody listens on a queue, so nothing is held
     * @return the form of queue that is in place
     * @throws SidecarFailure a sentence that says what is missing
     */
    public static QueueForm install(CaptureRules rules, boolean queue) {
        QueueForm form = queue ? QueueForm.IPTABLES_NFT : QueueForm.NONE;
        List<Tools.Job> jobs = new ArrayList<>();
        jobs.add(new Tools.Job("ip4", "ip -force -batch -", RuleText.routesIpv4()));
        jobs.add(new Tools.Job("ip6", "ip -6 -force -batch -", RuleText.routes()));
        jobs.add(nft(rules, form));
        if (queue) {
            jobs.addAll(iptables("nft"));
        }
        Map<String, Tools.Result> results = Tools.run(jobs);
        check("ip", result(results, "ip4"));
        if (!acceptable(result(results, "ip6"))) {
            Log.line("no IPv6 routes", "why", result(results, "ip6").words());
        }
        check("nft", result(results, "nft"));
        return queue && !result(results, "queue4").succeeded()
                ? otherQueue(rules, result(results, "queue4"))
                : form;
    }

    /** Adds the target's addresses to the loopback device: apps bind and connect to them. */
    public static void addAddresses(List<String> ipv4, List<String> ipv6) {
        StringBuilder four = new StringBuilder();
        ipv4.forEach(a -> four.append("address replace ").append(a).append("/32 dev lo\n"));
        StringBuilder six = new StringBuilder();
        ipv6.forEach(a -> six.append("address replace ").append(a).append("/128 dev lo nodad\n"));
        List<Tools.Job> jobs = new ArrayList<>();
        jobs.add(new Tools.Job("IPv4", "ip -force -batch -", four.toString()));
        if (!six.isEmpty()) {
            six.append("route replace default dev lo metric 65535\n");
            jobs.add(new Tools.Job("IPv6", "ip -6 -force -batch -", six.toString()));
        }
        Tools.run(jobs)
                .forEach(
                        (family, result) -> {
                            if (!result.succeeded()) {
                                Log.line(
                                        "no addresses of the target",
                                        "family",
                                        family,
                                        "why",
                                        result.words());
                            }
                        });
    }

    private static QueueForm otherQueue(CaptureRules rules, Tools.Result why) {
        Log.line("no queue by xtables", "why", why.words());
        Tools.Result own = run(nft(rules, QueueForm.NFTABLES));
        if (own.succeeded()) {
            return QueueForm.NFTABLES;
        }
        Log.line("no queue by nftables", "why", own.words());
        if (result(Tools.run(iptables("legacy")), "queue4").succeeded()) {
            return QueueForm.IPTABLES_LEGACY;
        }
        check("nft", run(nft(rules, QueueForm.NONE)));
        return QueueForm.NONE;
    }

    private static Tools.Job nft(CaptureRules rules, QueueForm form) {
        return new Tools.Job("nft", "nft -f -", RuleText.nftables(rules, form));
    }

    private static List<Tools.Job> iptables(String kind) {
        return List.of(
                new Tools.Job("queue4", "iptables-" + kind + "-restore", RuleText.iptables()),
                new Tools.Job("queue6", "ip6tables-" + kind + "-restore", RuleText.iptables()));
    }

    private static Tools.Result run(Tools.Job job) {
        return result(Tools.run(List.of(job)), job.name());
    }

    private static Tools.Result result(Map<String, Tools.Result> results, String name) {
        return results.getOrDefault(name, MISSING);
    }

    private static void check(String tool, Tools.Result result) {
        if (!acceptable(result)) {
            throw RulesFailure.of(tool, result);
        }
    }

    /** A rule of an earlier process of this sidecar may be there already. */
    private static boolean acceptable(Tools.Result result) {
        return result.succeeded()
                || (result.words().contains("File exists")
                        && result.words()
                                .lines()
                                .filter(line -> line.contains("RTNETLINK"))
                                .allMatch(line -> line.contains("File exists")));
    }
}
