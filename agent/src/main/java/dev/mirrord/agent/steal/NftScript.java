package dev.mirrord.agent.steal;

import java.util.ArrayList;
import java.util.List;

/** Commands to nft(8), one transaction a line. */
final class NftScript {
    /** Of connections that pass through to the target, and of their replies. */
    static final int MARK = 0x6d72_6400;

    /** Of connections that TPROXY has given to the agent. */
    private static final int STOLEN = MARK + 1;

    private static final String TABLE = "inet mirrord";

    // Only what begins now: without the SYN a connection that conntrack did not know yet would be
    // taken in its middle.
    private static final String BEGINNING =
            "add rule "
                    + TABLE
                    + " pre iifname != \"lo\" tcp flags & (fin|syn|rst|ack) == syn"
                    + " meta l4proto @alive tcp dport @ports ";

    private NftScript() {}

    /** Makes the table; nothing is taken over yet. */
    static String create(Takeover takeover, int listenerPort) {
        List<String> lines = new ArrayList<>();
        lines.add("create table " + TABLE + " { flags owner; }");
        // An element of this set is the agent's sign of life.
        lines.add("add set " + TABLE + " alive { type inet_proto; flags timeout; }");
        lines.add("add set " + TABLE + " ports { type inet_service; }");
        lines.addAll(
                switch (takeover) {
                    case TPROXY -> tproxy(listenerPort);
                    case REDIRECT -> redirect(listenerPort);
                });
        lines.add(
                "add chain "
                        + TABLE
                        + " out { type route hook output priority mangle; policy accept; }");
        lines.add("add rule " + TABLE + " out meta mark " + MARK + " ct mark set " + MARK);
        lines.add(
                "add rule "
                        + TABLE
                        + " out ct mark "
                        + MARK
                        + " ct direction reply meta mark set "
                        + MARK);
        return String.join(" ; ", lines);
    }

    private static List<String> tproxy(int listenerPort) {
        return List.of(
                "add chain "
                        + TABLE
                        + " pre { type filter hook prerouting priority mangle; policy accept; }",
                BEGINNING + "tproxy to :" + listenerPort + " ct mark set " + STOLEN,
                // The kernel finds the socket by itself but where the SYN left none (SYN cookies).
                "add rule "
                        + TABLE
                        + " pre ct mark "
                        + STOLEN
                        + " ct direction original meta l4proto tcp tproxy to :"
                        + listenerPort);
    }

    private static List<String> redirect(int listenerPort) {
        return List.of(
                "add chain "
                        + TABLE
                        + " pre { type nat hook prerouting priority dstnat; policy accept; }",
                BEGINNING + "redirect to :" + listenerPort);
    }

    /** Adds anew, since adding an element that is there does not renew it on every kernel. */
    static String renew() {
        String add = "add element " + TABLE + " alive { tcp timeout 5s }";
        return add + " ; delete element " + TABLE + " alive { tcp } ; " + add;
    }

    static String addPort(int port) {
        return "add element " + TABLE + " ports { " + port + " }";
    }

    static String removePort(int port) {
        return "delete element " + TABLE + " ports { " + port + " }";
    }

    /** Nothing more is taken over; what passes through goes on. */
    static String removeAllPorts() {
        return "flush set " + TABLE + " ports";
    }
}
