package dev.mirrord.sidecar.capture;

/**
 * Marks of packets (SO_MARK, nftables {@code meta mark}) and of connections ({@code ct mark}). The
 * upper half is ours alone, so that an app's own marks mean nothing here.
 */
public final class Marks {
    private static final int OURS = 0x4d520000;

    /** Made by the sidecar for itself: never captured. */
    public static final int OWN = OURS | 1;

    /** Goes to the sidecar by way of the loopback device. */
    public static final int CAPTURE = OURS | 2;

    /** Made by the sidecar in the name of a peer; what answers it goes to the sidecar. */
    public static final int INJECTED = OURS | 3;

    /** Waits in the queue. */
    public static final int HOLD = OURS | 4;

    /** Decided: goes its own way. */
    public static final int STAY = OURS | 5;

    /** Verdict: ECONNREFUSED. */
    public static final int REFUSED = OURS | 7;

    /** Verdict: EHOSTUNREACH. */
    public static final int HOST_UNREACHABLE = OURS | 8;

    /** Verdict: ENETUNREACH. */
    public static final int NET_UNREACHABLE = OURS | 9;

    private Marks() {}

    /** True for a packet or a socket of the sidecar. */
    public static boolean isOurs(int mark) {
        return (mark & 0xffff0000) == OURS;
    }

    static String text(int mark) {
        return "0x" + Integer.toHexString(mark);
    }
}
