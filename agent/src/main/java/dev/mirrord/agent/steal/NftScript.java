package dev.mirrord.agent.steal;

/** Commands to nft(8), one transaction a line. */
final class NftScript {
    /** Of connections that pass through to the target, and of their replies. */
    static final int MARK = 0x6d72_6400;

    private static final String TABLE = "inet mirrord";

    private NftScript() {}

    /** Makes the table; nothing is redirected yet. */
    static String create(int listenerPort) {
        return String.join(
                " ; ",
                "create table " + TABLE + " { flags owner; }",
                // An element of this set is the agent's sign of life.
                "add set " + TABLE + " alive { type inet_proto; flags timeout; }",
                "add set " + TABLE + " ports { type inet_service; }",
                "add chain "
                        + TABLE
                        + " pre { type nat hook prerouting priority dstnat; policy accept; }",
                // Only what begins now: without the SYN a connection that conntrack did not know
                // yet would be taken in its middle.
                "add rule "
                        + TABLE
                        + " pre iifname != \"lo\" tcp flags & (fin|syn|rst|ack) == syn"
                        + " meta l4proto @alive tcp dport @ports redirect to :"
                        + listenerPort,
                "add chain "
                        + TABLE
                        + " out { type route hook output priority mangle; policy accept; }",
                "add rule " + TABLE + " out meta mark " + MARK + " ct mark set " + MARK,
                "add rule "
                        + TABLE
                        + " out ct mark "
                        + MARK
                        + " ct direction reply meta mark set "
                        + MARK);
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
}
