package dev.mirrord.session.kubernetes.tunnel;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/** The client's half of RFC 6455, as far as a byte tunnel needs it. */
final class WebSocket {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    static final int LONGEST_HEADER = 14;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private WebSocket() {}

    static String newKey() {
        byte[] key = new byte[16];
        ThreadLocalRandom.current().nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    /** What Sec-WebSocket-Accept has to be, RFC 6455 4.2.2. */
    static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static int newMask() {
        return ThreadLocalRandom.current().nextInt();
    }

    static void writeHeader(ByteBuf out, int opcode, int length, int mask) {
        out.writeByte(0x80 | opcode);
        if (length < 126) {
            out.writeByte(0x80 | length);
        } else if (length <= 0xffff) {
            out.writeByte(0x80 | 126);
            out.writeShort(length);
        } else {
            out.writeByte(0x80 | 127);
            out.writeLong(length);
        }
        out.writeInt(mask);
    }

    /** The mask as it stands after {@code bytes} bytes. */
    static int rotate(int mask, int bytes) {
        return Integer.rotateLeft(mask, bytes % 4 * 8);
    }

    static void mask(ByteBuf bytes, int from, int to, int mask) {
        long wide = (mask & 0xffffffffL) << 32 | (mask & 0xffffffffL);
        int at = from;
        for (; at + 8 <= to; at += 8) {
            bytes.setLong(at, bytes.getLong(at) ^ wide);
        }
        for (int phase = 0; at < to; at++, phase++) {
            bytes.setByte(at, bytes.getByte(at) ^ (mask >>> (24 - phase % 4 * 8)));
        }
    }
}
