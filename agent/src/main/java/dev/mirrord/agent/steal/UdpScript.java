package dev.mirrord.agent.steal;

import java.util.List;

/**
 * Commands to nft(8) for stolen UDP ports, one transaction a line; the table is the agent's, as
 * that of {@link NftScript}, and a port is taken in the same way.
 *
 * <pre>
 *   prerouting  new flow to a stolen port, agent alive -&gt; TPROXY, remembered by its mark
 *               flow with this agent's mark            -&gt; TPROXY
 *   output      answer of the agent: its source port becomes the target's, before connection
 *               tracking sees it
 *               datagram that passes to the target: the flow is the target's from here on
 * </pre>
 *
 * A new flow is one that nobody has answered yet. Without the listener TPROXY does not match: then
 * even flows with the mark reach the target.
 */
final class UdpScript {
    /** Of datagrams that pass through to the target, and of their flows from then on. */
    static final int PASSED = 0x6d77_0000;

    /** Of flows that TPROXY has given to an agent: this and its listener's port. */
    private static final int STOLEN = 0x6d75_0000;

    private static final String PREFIX = "mirrord-udp-";
    private static final String PORT_PREFIX = PREFIX + "port-";

    private final int listenerPort;
    private final String table;

    UdpScript(int listenerPort) {
        this.listenerPort = listenerPort;
        this.table = "inet " + PREFIX + listenerPort;
    }

    /** Makes the table; nothing is taken over yet. */
    String create() {
        int stolen = STOLEN + listenerPort;
        String taken =
                "iifname != \"lo\" meta l4proto udp meta l4proto @alive udp dport @ports"
                        + " fib daddr type local ";
        return String.join(
                " ; ",
                List.of(
                        "create table " + table + " { flags owner; }",
                        // An element of this set is the agent's sign of life.
                        add("set") + "alive { type inet_proto; flags timeout; }",
                        add("set") + "ports { type inet_service; }",
                        add("map") + "answers { type inet_service : inet_service; }",
                        add("chain")
                                + "pre { type filter hook prerouting priority mangle; policy"
                                + " accept; }",
                        add("chain") + "take",
                        // Such an address says nothing without its interface.
                        add("rule") + "pre ip6 daddr fe80::/10 return",
                        add("rule")
                                + "pre %sct mark != %d ct state new goto take"
                                        .formatted(taken, PASSED),
                        add("rule")
                                + "pre %sct mark %d ct direction original goto take"
                                        .formatted(taken, stolen),
                        add("rule") + take("ipv4", "tproxy ip to 127.0.0.1", stolen),
                        add("rule") + take("ipv6", "tproxy ip6 to [::1]", stolen),
                        add("chain")
                                + "answer { type filter hook output priority raw; policy accept; }",
                        add("rule") + "answer udp sport set udp sport map @answers",
                        add("chain")
                                + "out { type filter hook output priority mangle; policy accept; }",
                        add("rule") + "out meta mark %1$d ct mark set %1$d".formatted(PASSED)));
    }

    private String take(String family, String tproxy, int stolen) {
        return "take meta nfproto %s meta l4proto udp %s:%d ct mark set %d accept"
                .formatted(family, tproxy, listenerPort, stolen);
    }

    private String add(String what) {
        return "add " + what + " " + table + " ";
    }

    /** Adds anew, since adding an element that is there does not renew it on every kernel. */
    String renew() {
        String add = "add element " + table + " alive { udp timeout 5s }";
        return add + " ; delete element " + table + " alive { udp } ; " + add;
    }

    /** Takes a port over; fails when another agent has it. */
    String addPort(int port, String owner) {
        return "create table %s { flags owner; comment \"%s\"; } ; add element %s ports { %d }"
                .formatted(lock(port), NftScript.quotable(owner), table, port);
    }

    String removePort(int port) {
        return "delete element %s ports { %d } ; delete table %s"
                .formatted(table, port, lock(port));
    }

    /** What is sent from {@code socketPort} leaves from {@code targetPort}. */
    String addAnswers(int socketPort, int targetPort) {
        return "add element %s answers { %d : %d }".formatted(table, socketPort, targetPort);
    }

    String removeAnswers(int socketPort) {
        return "delete element %s answers { %d }".formatted(table, socketPort);
    }

    /** The question whose port it is. */
    static String lookUp(int port) {
        return "list table " + lock(port);
    }

    private static String lock(int port) {
        return "inet " + PORT_PREFIX + port;
    }
}
