package dev.mirrord.agent.passing;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;

/** The marks of a connection to the target. */
public final class Passing {
    /** Of the socket, for rules: this and a place in a port's row of filters (docs/incoming.md). */
    public static final int MARK = 0x6d72_6400;

    /** The bits of {@link #MARK} without the place. */
    public static final int MASK = 0xffff_ff00;

    /** The place behind all others: nobody takes the connection any more. */
    public static final int LAST = 255;

    /**
     * Hop limit, by which a capture knows it: a copy has no marks, and on loopback nothing else has
     * this number.
     */
    public static final int HOPS = 209;

    private static final IntegerUnixChannelOption SO_MARK =
            new IntegerUnixChannelOption("SO_MARK", 1, 36);
    private static final IntegerUnixChannelOption IP_TTL =
            new IntegerUnixChannelOption("IP_TTL", 0, 2);
    private static final IntegerUnixChannelOption IPV6_UNICAST_HOPS =
            new IntegerUnixChannelOption("IPV6_UNICAST_HOPS", 41, 16);

    private Passing() {}

    /** Marks sockets to {@code destination}; needs NET_ADMIN. */
    public static Bootstrap mark(Bootstrap bootstrap, InetAddress destination, int place) {
        return limitHops(bootstrap, destination).option(SO_MARK, MARK + place);
    }

    /** As {@link #mark}, for captures only: needs no capability. */
    public static Bootstrap limitHops(Bootstrap bootstrap, InetAddress destination) {
        return bootstrap.option(
                destination instanceof Inet4Address ? IP_TTL : IPV6_UNICAST_HOPS, HOPS);
    }

    /** True for addresses of the calling thread's network namespace. */
    public static boolean isOwn(InetSocketAddress destination) {
        if (destination.getAddress().isLoopbackAddress()) {
            return true;
        }
        // A socket that is connected to an own address has it as its own; nothing is sent.
        try (DatagramChannel socket = DatagramChannel.open()) {
            socket.connect(destination);
            return socket.getLocalAddress() instanceof InetSocketAddress local
                    && destination.getAddress().equals(local.getAddress());
        } catch (IOException e) {
            return false;
        }
    }
}
