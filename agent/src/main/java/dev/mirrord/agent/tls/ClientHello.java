package dev.mirrord.agent.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client says first (RFC 8446, 4.1.2).
 *
 * @param protocols of ALPN (RFC 7301), in the client's order; empty: it does not ask
 */
record ClientHello(Optional<String> serverName, List<String> protocols) {
    private static final int LONGEST = 64 * 1024;
    private static final int TLS_1_2 = 0x0303;
    private static final int TLS_1_3 = 0x0304;

    /** What the first bytes of a connection are. */
    sealed interface Reading {
        /** So far it may become one. */
        record Incomplete() implements Reading {}

        /** No TLS at all. */
        record Foreign() implements Reading {}

        /** TLS that only the target may understand: too old, early data, malformed. */
        record Special() implements Reading {}

        record Complete(ClientHello hello) implements Reading {}
    }

    /** Leaves the buffer's indexes as they are. */
    static Reading read(ByteBuf data) {
        int at = data.readerIndex();
        int length = data.readableBytes();
        if ((length > 0 && data.getByte(at) != 22) || (length > 1 && data.getByte(at + 1) != 3)) {
            return new Reading.Foreign();
        }
        ByteBuf message = data.alloc().buffer();
        try {
            while (at + 5 <= data.writerIndex()) {
                int record = data.getUnsignedShort(at + 3);
                if (data.getByte(at) != 22 || record == 0) {
                    return new Reading.Special();
                }
                int part = Math.min(record, data.writerIndex() - at - 5);
                message.writeBytes(data, at + 5, part);
                if (message.readableBytes() >= 4) {
                    int whole = 4 + message.getUnsignedMedium(1);
                    if (message.getByte(0) != 1 || whole > LONGEST) {
                        return new Reading.Special();
                    }
                    if (message.readableBytes() >= whole) {
                        return parse(message.slice(4, whole - 4));
                    }
                }
                at += 5 + record;
            }
            return new Reading.Incomplete();
        } catch (IndexOutOfBoundsException e) {
            return new Reading.Special();
        } finally {
            message.release();
        }
    }

    private static Reading parse(ByteBuf hello) {
        boolean modern = hello.readUnsignedShort() == TLS_1_2;
        hello.skipBytes(32);
        hello.skipBytes(hello.readUnsignedByte());
        hello.skipBytes(hello.readUnsignedShort());
        hello.skipBytes(hello.readUnsignedByte());
        Optional<String> name = Optional.empty();
        List<String> protocols = List.of();
        ByteBuf extensions =
                hello.isReadable() ? hello.readSlice(hello.readUnsignedShort()) : hello;
        while (extensions.isReadable()) {
            int type = extensions.readUnsignedShort();
            ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
            switch (type) {
                case 0 -> name = serverName(extension);
                case 16 -> protocols = protocols(extension);
                case 42 -> {
                    // Early data: the target's tickets are not ours.
                    return new Reading.Special();
                }
                case 43 -> modern |= offers(extension, TLS_1_3) || offers(extension, TLS_1_2);
                default -> {
                    // Between the two ends.
                }
            }
        }
        return modern
                ? new Reading.Complete(new ClientHello(name, protocols))
                : new Reading.Special();
    }

    /** RFC 6066, section 3. */
    private static Optional<String> serverName(ByteBuf extension) {
        ByteBuf names = extension.readSlice(extension.readUnsignedShort());
        while (names.isReadable()) {
            int type = names.readUnsignedByte();
            ByteBuf name = names.readSlice(names.readUnsignedShort());
            if (type == 0) {
                return Optional.of(name.toString(StandardCharsets.US_ASCII));
            }
        }
        return Optional.empty();
    }

    private static List<String> protocols(ByteBuf extension) {
        ByteBuf list = extension.readSlice(extension.readUnsignedShort());
        List<String> protocols = new ArrayList<>();
        while (list.isReadable()) {
            protocols.add(
                    list.readSlice(list.readUnsignedByte()).toString(StandardCharsets.US_ASCII));
        }
        return protocols;
    }

    private static boolean offers(ByteBuf extension, int version) {
        for (int at = extension.readerIndex() + 1; at + 2 <= extension.writerIndex(); at += 2) {
            if (extension.getUnsignedShort(at) == version) {
                return true;
            }
        }
        return false;
    }
}
