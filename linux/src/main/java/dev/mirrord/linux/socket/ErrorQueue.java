package dev.mirrord.linux.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;

/**
 * What became of the datagrams of a socket with IP_RECVERR (ip(7)): an unconnected one hears of
 * ICMP errors in no other way. While the queue is not empty, poll(2) reports an error.
 */
public final class ErrorQueue {
    public static final int SOL_IP = 0;
    public static final int SOL_IPV6 = 41;
    public static final int IP_RECVERR = 11;
    public static final int IPV6_RECVERR = 25;

    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_ERRQUEUE = 0x2000;
    private static final int ORIGIN_LOCAL = 1;
    private static final int CONTROL = 512;

    /** Hears of one error. */
    @FunctionalInterface
    public interface Listener {
        void onError(InetSocketAddress peer, int errno);
    }

    private ErrorQueue() {}

    /** Empties the queue; tells what came from the network. */
    public static void drain(int fd, Listener listener) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SocketAddresses.SIZE, 8);
            MemorySegment control = arena.allocate(CONTROL, 8);
            MemorySegment header = arena.allocate(56, 8);
            header.set(ValueLayout.ADDRESS, 0, name);
            header.set(ValueLayout.ADDRESS, 32, control);
            while (true) {
                header.set(ValueLayout.JAVA_INT, 8, SocketAddresses.SIZE);
                header.set(ValueLayout.JAVA_LONG, 40, CONTROL);
                int flags = MSG_ERRQUEUE | MSG_DONTWAIT;
                if (Sockets.receiveMessage(fd, header, flags) < 0) {
                    return;
                }
                tell(name, control, header.get(ValueLayout.JAVA_LONG, 40), listener);
            }
        }
    }

    /** Reads {@code struct sock_extended_err}. */
    private static void tell(
            MemorySegment name, MemorySegment control, long end, Listener listener) {
        long at = 0;
        while (at + 32 <= end) {
            int level = control.get(ValueLayout.JAVA_INT, at + 8);
            int type = control.get(ValueLayout.JAVA_INT, at + 12);
            if ((level == SOL_IP && type == IP_RECVERR)
                    || (level == SOL_IPV6 && type == IPV6_RECVERR)) {
                int errno = control.get(ValueLayout.JAVA_INT, at + 16);
                if (control.get(ValueLayout.JAVA_BYTE, at + 20) != ORIGIN_LOCAL) {
                    listener.onError(SocketAddresses.read(name, 0), errno);
                }
                return;
            }
            at += Math.max(16, (control.get(ValueLayout.JAVA_LONG, at) + 7) & ~7L);
        }
    }
}
