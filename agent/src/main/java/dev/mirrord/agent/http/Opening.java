package dev.mirrord.agent.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** What the first bytes of a connection, or of a further message on it, look like. */
enum Opening {
    /** A whole first line of HTTP/1. */
    HTTP1,
    /** The preface of HTTP/2 (RFC 9113, 3.4). */
    HTTP2,
    FOREIGN,
    /** Too little to tell. */
    UNDECIDED;

    static final int PREFACE_LENGTH = 24;
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_METHOD = 24;
    private static final int LONGEST_LINE = 32 * 1024;

    static Opening of(ByteBuf data) {
        int start = data.readerIndex();
        int length = data.readableBytes();
        if (isPreface(data, start, Math.min(length, PREFACE_LENGTH))) {
            return length >= PREFACE_LENGTH ? HTTP2 : UNDECIDED;
        }
        for (int i = 0; i < Math.min(length, LONGEST_METHOD + 1); i++) {
            byte read = data.getByte(start + i);
            if (read == ' ' && i > 0) {
                return line(data, start, length);
            }
            if (!(read >= 'A' && read <= 'Z') && read != '-' && read != '_') {
                return FOREIGN;
            }
        }
        return length > LONGEST_METHOD ? FOREIGN : UNDECIDED;
    }

    /** A server's part of the preface of HTTP/2, which may come before the client's. */
    static boolean mayBeSettings(ByteBuf data) {
        int start = data.readerIndex();
        return data.readableBytes() >= 9
                && data.getByte(start) == 0
                && data.getInt(start + 3) == 0x04000000
                && data.getShort(start + 7) == 0;
    }

    private static boolean isPreface(ByteBuf data, int start, int length) {
        for (int i = 0; i < length; i++) {
            if (data.getByte(start + i) != PREFACE[i]) {
                return false;
            }
        }
        return true;
    }

    private static Opening line(ByteBuf data, int start, int length) {
        int end = data.indexOf(start, start + length, (byte) '\n');
        if (end < 0) {
            return length > LONGEST_LINE ? FOREIGN : UNDECIDED;
        }
        if (end - start < 14 || data.getByte(end - 1) != '\r') {
            return FOREIGN;
        }
        String version = data.toString(end - 10, 9, StandardCharsets.ISO_8859_1);
        return version.equals(" HTTP/1.1") || version.equals(" HTTP/1.0") ? HTTP1 : FOREIGN;
    }
}
