package dev.mirrord.config.filter;

import java.util.List;

/**
 * {@code feature.network.outgoing.filter}.
 *
 * @param side where a destination that one of the rules matches is served; all others are served on
 *     the other side
 */
public record OutgoingFilter(Side side, List<Rule> rules) {
    /** Everything goes through the target. */
    public static final OutgoingFilter NONE = new OutgoingFilter(Side.LOCAL, List.of());

    public OutgoingFilter {
        rules = List.copyOf(rules);
    }

    public Side decide(Destination destination, ResolvedNames names) {
        return rules.stream().anyMatch(rule -> rule.matches(destination, names))
                ? side
                : side.other();
    }

    /** The names among the rules, as they were written but in lower case. */
    public List<String> names() {
        return rules.stream()
                .map(Rule::host)
                .filter(host -> host instanceof Host.Name || host instanceof Host.Pattern)
                .map(Host::toString)
                .toList();
    }
}
