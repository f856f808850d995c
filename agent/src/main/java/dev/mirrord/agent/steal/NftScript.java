package dev.mirrord.agent.steal;

import dev.mirrord.agent.passing.Passing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Commands to nft(8), one transaction a line. Each agent has its table, named after its listener's
 * port, which no other agent in this namespace has: several sessions steal side by side. A port is
 * taken by a second, empty table of that port's name: it can be created once only, tells whose it
 * is, and goes with its owner.
 */
final class NftScript {
    /** Of connections that TPROXY has given to an agent: this and its listener's port. */
    private static final int STOLEN = 0x6d73_0000;

    /**
     * Behind a service mesh's rules: what it redirects to its proxy is not for the stolen port any
     * more, and what the proxy hands on comes on loopback. Their priority is -100.
     */
    private static final String PRIORITY = "priority -90";

    /** The kind of mark that what passes through to the target has, and its replies. */
    private static final String PASSING =
            "mark & 0x%x == 0x%x ".formatted(Passing.MASK, Passing.MARK);

    private static final String NOT_PASSING =
            "mark & 0x%x != 0x%x ".formatted(Passing.MASK, Passing.MARK);

    private static final String PREFIX = "mirrord-";
    private static final String PORT_PREFIX = PREFIX + "port-";
    private static final Pattern TABLES =
            Pattern.compile("^table inet " + PREFIX + "([0-9]+)$", Pattern.MULTILINE);
    private static final Pattern COMMENT = Pattern.compile("comment \"([^\"]*)\"");

    private final int listenerPort;
    private final String table;
    private final String beginning;

    NftScript(int listenerPort) {
        this.listenerPort = listenerPort;
        this.table = "inet " + PREFIX + listenerPort;
        // Only what begins now: without the SYN a connection that conntrack did not know yet would
        // be taken in its middle.
        this.beginning =
                " meta "
                        + NOT_PASSING
                        + "tcp flags & (fin|syn|rst|ack) == syn"
                        + " meta l4proto @alive tcp dport @ports ";
    }

    /** Makes the table; nothing is taken over yet. */
    String create(Takeover takeover) {
        List<String> lines = new ArrayList<>();
        lines.add("create table " + table + " { flags owner; }");
        // An element of this set is the agent's sign of life.
        lines.add("add set " + table + " alive { type inet_proto; flags timeout; }");
        lines.add("add set " + table + " ports { type inet_service; }");
        lines.addAll(
                switch (takeover) {
                    case TPROXY -> tproxy();
                    case REDIRECT -> redirect();
                });
        lines.add(
                "add chain "
                        + table
                        + " out { type route hook output priority mangle; policy accept; }");
        lines.add("add rule " + table + " out meta " + PASSING + "ct mark set meta mark");
        lines.add(
                "add rule "
                        + table
                        + " out ct "
                        + PASSING
                        + "ct direction reply meta mark set "
                        + Passing.MARK);
        return String.join(" ; ", lines);
    }

    private List<String> tproxy() {
        return List.of(
                "add chain "
                        + table
                        + " pre { type filter hook prerouting "
                        + PRIORITY
                        + "; policy accept; }",
                "add rule "
                        + table
                        + " pre"
                        + beginning
                        + "tproxy to :"
                        + listenerPort
                        + " ct mark set "
                        + stolen(),
                // The kernel finds the socket by itself but where the SYN left none (SYN cookies).
                "add rule "
                        + table
                        + " pre ct mark "
                        + stolen()
                        + " ct direction original meta l4proto tcp tproxy to :"
                        + listenerPort);
    }

    private int stolen() {
        return STOLEN + listenerPort;
    }

    /** What comes from the pod itself has no destination NAT in prerouting. */
    private List<String> redirect() {
        String redirect = "redirect to :" + listenerPort;
        return List.of(
                "add chain "
                        + table
                        + " pre { type nat hook prerouting "
                        + PRIORITY
                        + "; policy accept; }",
                "add rule " + table + " pre" + beginning + redirect,
                "add chain "
                        + table
                        + " self { type nat hook output "
                        + PRIORITY
                        + "; policy accept; }",
                "add rule " + table + " self oifname \"lo\"" + beginning + redirect);
    }

    /** Adds anew, since adding an element that is there does not renew it on every kernel. */
    String renew() {
        String add = "add element " + table + " alive { tcp timeout 5s }";
        return add + " ; delete element " + table + " alive { tcp } ; " + add;
    }

    /** Takes a port over; fails when another agent has it. */
    String addPort(int port, String owner) {
        return "create table "
                + lock(port)
                + " { flags owner; comment \""
                + quotable(owner)
                + "\"; } ; add element "
                + table
                + " ports { "
                + port
                + " }";
    }

    String removePort(int port) {
        return "delete element " + table + " ports { " + port + " } ; delete table " + lock(port);
    }

    /** The question whose port it is. */
    static String lookUp(int port) {
        return "list table " + lock(port);
    }

    /** Whose port it is, from the answer to {@link #lookUp}. */
    static Optional<String> owner(String answer) {
        Matcher comment = COMMENT.matcher(answer);
        return comment.find() ? Optional.of(comment.group(1)) : Optional.empty();
    }

    /** True when the answer to {@code list tables} has those of another agent. */
    boolean hasOthers(String listed) {
        return TABLES.matcher(listed)
                .results()
                .anyMatch(found -> !found.group(1).equals(Integer.toString(listenerPort)));
    }

    private static String lock(int port) {
        return "inet " + PORT_PREFIX + port;
    }

    /** A comment may have 127 bytes. */
    static String quotable(String owner) {
        String safe = owner.replaceAll("[^-A-Za-z0-9@._]", "_");
        return safe.substring(0, Math.min(safe.length(), 120));
    }

    /** Nothing more is taken over; what passes through goes on. */
    String removeAllPorts() {
        return "flush set " + table + " ports";
    }
}
