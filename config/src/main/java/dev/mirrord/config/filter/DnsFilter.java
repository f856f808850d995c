package dev.mirrord.config.filter;

import java.net.InetAddress;
import java.util.List;

/**
 * {@code feature.network.dns.filter}. A query carries no port, so a rule's port does not matter
 * here.
 *
 * @param side where a query that one of the rules matches is answered; all others are answered on
 *     the other side
 */
public record DnsFilter(Side side, List<Rule> rules) {
    /** The target's resolver answers everything. */
    public static final DnsFilter NONE = new DnsFilter(Side.LOCAL, List.of());

    public DnsFilter {
        rules = List.copyOf(rules);
    }

    /**
     * @param name the question's name, with or without the final dot; a name under {@code
     *     in-addr.arpa} or {@code ip6.arpa} is matched by its address
     */
    public Side decide(String name) {
        InetAddress reversed = ReverseName.addressOf(name).orElse(null);
        boolean matched =
                rules.stream()
                        .map(Rule::host)
                        .anyMatch(
                                host ->
                                        reversed == null
                                                ? host.matchesName(name)
                                                : host.matchesAddress(reversed));
        return matched ? side : side.other();
    }
}
