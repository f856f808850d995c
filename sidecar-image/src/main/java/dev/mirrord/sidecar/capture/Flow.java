package dev.mirrord.sidecar.capture;

import dev.mirrord.config.filter.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A new flow of the app: its own address and where it wants to go. */
public record Flow(Transport transport, InetSocketAddress app, InetSocketAddress destination) {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int IPV6_HEADER = 40;

    /** Reads the headers of a packet; empty for what is neither TCP nor UDP. */
    public static Optional<Flow> of(ByteBuffer packet) {
        if (packet.remaining() < 24) {
            return Optional.empty();
        }
        int version = packet.get(0) >> 4 & 15;
        int header = version == 4 ? (packet.get(0) & 15) * 4 : IPV6_HEADER;
        int protocol = version == 4 ? packet.get(9) & 255 : packet.get(6) & 255;
        if ((protocol != TCP && protocol != UDP) || packet.remaining() < header + 4) {
            return Optional.empty();
        }
        int size = version == 4 ? 4 : 16;
        int at = version == 4 ? 12 : 8;
        return Optional.of(
                new Flow(
                        protocol == TCP ? Transport.TCP : Transport.UDP,
                        address(packet, at, size, header),
                        address(packet, at + size, size, header + 2)));
    }

    /**
     * The sequence number of a TCP packet, 0 of another one: a SYN that is sent again has the
     * number of the first.
     */
    public static int sequence(ByteBuffer packet) {
        boolean four = (packet.get(0) >> 4 & 15) == 4;
        int header = four ? (packet.get(0) & 15) * 4 : IPV6_HEADER;
        int protocol = four ? packet.get(9) : packet.get(6);
        return protocol == TCP && packet.remaining() >= header + 8 ? packet.getInt(header + 4) : 0;
    }

    private static InetSocketAddress address(ByteBuffer packet, int at, int size, int portAt) {
        byte[] bytes = new byte[size];
        packet.get(at, bytes);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(bytes), Short.toUnsignedInt(packet.getShort(portAt)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
