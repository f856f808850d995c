package dev.mirrord.sidecar.capture;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.netfilter.PacketQueue;

/** The answer to one held packet; given once. */
public record Verdict(PacketQueue queue, int packet) {

    /** Comes to the sidecar. */
    public void capture() {
        queue.accept(packet, Marks.CAPTURE);
    }

    /** Goes its own way. */
    public void stay() {
        queue.accept(packet, Marks.STAY);
    }

    /** The app's connect fails with {@code errno}; what has no form on the wire is EHOSTUNREACH. */
    public void refuse(int errno) {
        queue.accept(packet, mark(errno));
    }

    /** The same, as if the packet had been {@code other}. */
    public void refuse(int errno, byte[] other) {
        queue.accept(packet, mark(errno), other);
    }

    private static int mark(int errno) {
        return switch (errno) {
            case Errno.ECONNREFUSED -> Marks.REFUSED;
            case Errno.ENETUNREACH -> Marks.NET_UNREACHABLE;
            default -> Marks.HOST_UNREACHABLE;
        };
    }

    /** Never was. */
    public void drop() {
        queue.drop(packet);
    }
}
