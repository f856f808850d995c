package dev.mirrord.agent.steal;

import dev.mirrord.agent.passing.Passing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Commands to nft(8), one transaction a line. Each agent has its table, named after its listener's
 * port, which no other agent in this namespace has: several sessions steal side by side.
 *
 * <p>The sessions of one port stand in a row: those with a filter have places from 1 on, the one
 * that takes all the rest has the last. A place of a port is taken by a second, empty table of that
 * name: it can be created once only, tells whose it is, and goes with its owner. The chain of each
 * place takes what no earlier place has taken: connections from elsewhere, and those that an agent
 * with an earlier place has passed on, which carry its place in their mark.
 */
final class NftScript {
    private static final String BEGINS = "tcp flags & (fin|syn|rst|ack) == syn ";

    /**
     * Of a first packet, as soon as TPROXY has given it to an agent. The connection's own mark does
     * not tell: clients and agents take the same addresses and ports again, and a connection that
     * was reset leaves its mark to the next.
     */
    private static final int TAKEN = 0x6d75_0000;

    /**
     * Kinds of a connection's mark: TPROXY has given it to an agent, this and its listener's port.
     */
    private static final int KIND_MASK = 0xffff_0000;

    private static final int FROM_CLIENT = 0x6d76_0000;

    /** The same, when another agent had passed it on. */
    private static final int FROM_AGENT = 0x6d77_0000;

    /**
     * Behind a service mesh's rules: what it redirects to its proxy is not for the stolen port any
     * more, and what the proxy hands on comes on loopback. Their priority is -100.
     */
    private static final int PRIORITY = -90;

    private static final String PREFIX = "mirrord-";
    private static final String PORT_PREFIX = PREFIX + "port-";
    private static final Pattern TABLES =
            Pattern.compile("^table inet " + PREFIX + "([0-9]+)$", Pattern.MULTILINE);
    private static final Pattern COMMENT = Pattern.compile("comment \"([^\"]*)\"");

    private final int listenerPort;
    private final String table;

    NftScript(int listenerPort) {
        this.listenerPort = listenerPort;
        this.table = "inet " + PREFIX + listenerPort;
    }

    /** Makes the table; nothing is taken over yet. */
    String create(Takeover takeover) {
        List<String> lines = new ArrayList<>();
        lines.add("create table " + table + " { flags owner; }");
        // An element of this set is the agent's sign of life.
        lines.add("add set " + table + " alive { type inet_proto; flags timeout; }");
        lines.addAll(
                switch (takeover) {
                    case TPROXY -> tproxy();
                    case REDIRECT -> redirect();
                });
        lines.add(chain("out", "route hook output priority mangle"));
        lines.add(
                rule("out")
                        + masked("meta mark", Passing.MASK, "==", Passing.MARK)
                        + BEGINS
                        + "ct mark set meta mark");
        // Their replies are addressed to the client, and are to come back to loopback.
        for (String passed :
                List.of(
                        masked("ct mark", Passing.MASK, "==", Passing.MARK),
                        masked("ct mark", KIND_MASK, "==", FROM_AGENT))) {
            lines.add(rule("out") + passed + "ct direction reply meta mark set " + Passing.MARK);
        }
        return String.join(" ; ", lines);
    }

    /** The kernel finds the socket by itself but where the SYN left none (SYN cookies). */
    private List<String> tproxy() {
        return List.of(
                chain("pre", "filter hook prerouting priority " + PRIORITY),
                rule("pre")
                        + "ct mark { "
                        + (FROM_CLIENT + listenerPort)
                        + ", "
                        + (FROM_AGENT + listenerPort)
                        + " } ct direction original tcp flags & syn != syn tproxy to :"
                        + listenerPort);
    }

    /** Only one place; what comes from the pod itself has no destination NAT in prerouting. */
    private List<String> redirect() {
        String redirect =
                masked("meta mark", Passing.MASK, "!=", Passing.MARK)
                        + beginning(Passing.LAST)
                        + "redirect to :"
                        + listenerPort;
        return List.of(
                ports(Passing.LAST),
                chain("pre", "nat hook prerouting priority " + PRIORITY),
                rule("pre") + redirect,
                chain("self", "nat hook output priority " + PRIORITY),
                rule("self") + "oifname \"lo\" " + redirect);
    }

    /** What a place needs before the first port is taken with it. */
    String addPlace(int place) {
        String chain = "take" + place;
        List<String> lines = new ArrayList<>();
        lines.add(ports(place));
        lines.add(chain(chain, "filter hook prerouting priority " + (PRIORITY + place)));
        lines.add(
                rule(chain)
                        + masked("meta mark", Passing.MASK, "!=", Passing.MARK)
                        + "meta mark != %d ".formatted(TAKEN)
                        + take(place, FROM_CLIENT));
        if (place > 1) {
            lines.add(
                    rule(chain)
                            + "meta mark %d-%d "
                                    .formatted(Passing.MARK + 1, Passing.MARK + place - 1)
                            + take(place, FROM_AGENT));
        }
        return String.join(" ; ", lines);
    }

    private String take(int place, int kind) {
        return beginning(place)
                + "tproxy to :%d ct mark set %d meta mark set %d"
                        .formatted(listenerPort, kind + listenerPort, TAKEN);
    }

    /**
     * Only what begins now: without the SYN a connection that conntrack did not know yet would be
     * taken in its middle.
     */
    private static String beginning(int place) {
        return BEGINS + "meta l4proto @alive tcp dport @ports%d ".formatted(place);
    }

    private String ports(int place) {
        return "add set %s ports%d { type inet_service; }".formatted(table, place);
    }

    private String chain(String name, String hook) {
        return "add chain %s %s { type %s; policy accept; }".formatted(table, name, hook);
    }

    private String rule(String chain) {
        return "add rule %s %s ".formatted(table, chain);
    }

    private static String masked(String mark, int mask, String comparison, int value) {
        return "%s & 0x%x %s 0x%x ".formatted(mark, mask, comparison, value);
    }

    /** Adds anew, since adding an element that is there does not renew it on every kernel. */
    String renew() {
        String add = "add element " + table + " alive { tcp timeout 5s }";
        return add + " ; delete element " + table + " alive { tcp } ; " + add;
    }

    /** Takes a port over; fails when another agent has this place. */
    String addPort(int port, int place, String owner) {
        return "create table "
                + lock(port, place)
                + " { flags owner; comment \""
                + quotable(owner)
                + "\"; } ; add element "
                + element(port, place);
    }

    String removePort(int port, int place) {
        return "delete element " + element(port, place) + " ; delete table " + lock(port, place);
    }

    private String element(int port, int place) {
        return "%s ports%d { %d }".formatted(table, place, port);
    }

    /** The question whose place it is. */
    static String lookUp(int port, int place) {
        return "list table " + lock(port, place);
    }

    /** The first place of a port that is free, from the answer to {@code list tables}. */
    static int freePlace(String listed, int port) {
        Set<Integer> taken =
                Pattern.compile(
                                "^table " + lock(port, Passing.LAST) + "-([0-9]+)$",
                                Pattern.MULTILINE)
                        .matcher(listed)
                        .results()
                        .map(found -> Integer.valueOf(found.group(1)))
                        .collect(Collectors.toSet());
        return IntStream.rangeClosed(1, Passing.LAST)
                .filter(place -> !taken.contains(place))
                .findFirst()
                .orElse(Passing.LAST);
    }

    /** Whose port it is, from the answer to {@link #lookUp}. */
    static Optional<String> owner(String answer) {
        Matcher comment = COMMENT.matcher(answer);
        return comment.find() ? Optional.of(comment.group(1)) : Optional.empty();
    }

    /** True when the answer to {@code list tables} has one of an agent. */
    static boolean hasTables(String listed) {
        return TABLES.matcher(listed).find();
    }

    private static String lock(int port, int place) {
        return "inet " + PORT_PREFIX + port + (place == Passing.LAST ? "" : "-" + place);
    }

    /** A comment may have 127 bytes. */
    static String quotable(String owner) {
        String safe = owner.replaceAll("[^-A-Za-z0-9@._]", "_");
        return safe.substring(0, Math.min(safe.length(), 120));
    }

    /** Nothing more is taken over at a place; what passes through goes on. */
    String removeAllPorts(int place) {
        return "flush set %s ports%d".formatted(table, place);
    }
}
