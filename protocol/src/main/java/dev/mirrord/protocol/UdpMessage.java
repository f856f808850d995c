package dev.mirrord.protocol;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/** What a UDP stream carries, after its {@code addr peer}: see docs/protocol.md. */
public sealed interface UdpMessage {
    InetSocketAddress peer();

    /** The rest of the message is a datagram to or from {@code peer}. */
    record Datagram(InetSocketAddress peer) implements UdpMessage {}

    /** A datagram to {@code peer} has come back as an ICMP error. */
    record Undelivered(InetSocketAddress peer, int errno) implements UdpMessage {}

    /** Reads all but the datagram. */
    static UdpMessage read(ByteBuf message) {
        boolean undelivered = (message.getByte(message.readerIndex()) & Codec.UNDELIVERED) != 0;
        if (!undelivered) {
            return new Datagram(AddressCodec.read(message));
        }
        int at = message.readerIndex();
        message.setByte(at, message.getByte(at) & ~Codec.UNDELIVERED);
        return new Undelivered(AddressCodec.read(message), message.readUnsignedShort());
    }

    /** Appends what {@link #read} reads; a datagram follows it. */
    static ByteBuf write(ByteBuf out, UdpMessage message) {
        int at = out.writerIndex();
        AddressCodec.write(out, message.peer());
        return switch (message) {
            case Datagram _ -> out;
            case Undelivered(InetSocketAddress _, int errno) ->
                    out.setByte(at, out.getByte(at) | Codec.UNDELIVERED).writeShort(errno);
        };
    }

    /** The bit of the family that tells the two apart. */
    final class Codec {
        private static final int UNDELIVERED = 0x80;

        private Codec() {}
    }
}
