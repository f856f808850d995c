package dev.mirrord.protocol;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** {@code addr} of docs/protocol.md: family, address bytes, port. */
public final class AddressCodec {
    private AddressCodec() {}

    /** Appends {@code address}, which must be resolved. */
    public static ByteBuf write(ByteBuf out, InetSocketAddress address) {
        byte[] bytes = address.getAddress().getAddress();
        return out.writeByte(bytes.length == 4 ? 4 : 6)
                .writeBytes(bytes)
                .writeShort(address.getPort());
    }

    /**
     * Reads an address and advances the reader index.
     *
     * @throws IllegalArgumentException for an unknown family
     */
    public static InetSocketAddress read(ByteBuf in) {
        int family = in.readByte();
        byte[] bytes =
                switch (family) {
                    case 4 -> new byte[4];
                    case 6 -> new byte[16];
                    default ->
                            throw new IllegalArgumentException("unknown address family " + family);
                };
        in.readBytes(bytes);
        return of(bytes, in.readUnsignedShort());
    }

    /** The address of 4 or 16 {@code bytes}; an IPv4 address in IPv6 form becomes IPv4. */
    public static InetSocketAddress of(byte[] bytes, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address of " + bytes.length + " bytes", e);
        }
    }
}
