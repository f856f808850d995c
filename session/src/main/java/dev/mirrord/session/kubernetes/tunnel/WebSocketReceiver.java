package dev.mirrord.session.kubernetes.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.charset.StandardCharsets;

/**
 * Takes the payload of binary messages out of a server's WebSocket frames, in slices as it arrives:
 * messages are cut by the far side's buffers and mean nothing. Answers pings; a close is passed on
 * as a failure with the server's reason unless it is the normal one.
 */
final class WebSocketReceiver extends ChannelInboundHandlerAdapter {

    private static final int NORMAL_CLOSURE = 1000;
    private static final int LONGEST_CONTROL = 125;

    private final byte[] header = new byte[10];
    private int headerBytes;
    private long remaining;
    private int opcode;
    private boolean inPayload;
    private final byte[] control = new byte[LONGEST_CONTROL];
    private int controlBytes;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.isReadable()) {
                if (inPayload) {
                    readPayload(context, bytes);
                } else {
                    readHeader(context, bytes);
                }
            }
        } finally {
            bytes.release();
        }
    }

    private void readHeader(ChannelHandlerContext context, ByteBuf bytes) {
        while (bytes.isReadable() && headerBytes < wanted()) {
            header[headerBytes++] = bytes.readByte();
        }
        if (headerBytes < wanted()) {
            return;
        }
        int length = header[1] & 0x7f;
        remaining = length < 126 ? length : number(2, headerBytes);
        int code = header[0] & 0x0f;
        headerBytes = 0;
        if ((header[1] & 0x80) != 0 || (header[0] & 0x70) != 0 || code == WebSocket.TEXT) {
            throw new CorruptedFrameException("not a frame of a Kubernetes tunnel");
        }
        if (code >= WebSocket.CLOSE && remaining > LONGEST_CONTROL) {
            throw new CorruptedFrameException("WebSocket control frame is too long");
        }
        opcode = code;
        controlBytes = 0;
        inPayload = true;
        if (remaining == 0) {
            finish(context);
        }
    }

    private int wanted() {
        if (headerBytes < 2) {
            return 2;
        }
        return switch (header[1] & 0x7f) {
            case 126 -> 4;
            case 127 -> 10;
            default -> 2;
        };
    }

    private long number(int from, int to) {
        long number = 0;
        for (int at = from; at < to; at++) {
            number = number << 8 | (header[at] & 0xff);
        }
        return number;
    }

    private void readPayload(ChannelHandlerContext context, ByteBuf bytes) {
        int length = (int) Math.min(remaining, bytes.readableBytes());
        remaining -= length;
        if (opcode < WebSocket.CLOSE) {
            context.fireChannelRead(bytes.readRetainedSlice(length));
        } else {
            bytes.readBytes(control, controlBytes, length);
            controlBytes += length;
        }
        if (remaining == 0) {
            finish(context);
        }
    }

    private void finish(ChannelHandlerContext context) {
        inPayload = false;
        if (opcode == WebSocket.PING) {
            int mask = WebSocket.newMask();
            ByteBuf pong = context.alloc().buffer(WebSocket.LONGEST_HEADER + controlBytes);
            WebSocket.writeHeader(pong, WebSocket.PONG, controlBytes, mask);
            int from = pong.writerIndex();
            pong.writeBytes(control, 0, controlBytes);
            WebSocket.mask(pong, from, pong.writerIndex(), mask);
            context.writeAndFlush(pong);
        } else if (opcode == WebSocket.CLOSE) {
            int code =
                    controlBytes < 2
                            ? NORMAL_CLOSURE
                            : (control[0] & 0xff) << 8 | (control[1] & 0xff);
            if (code != NORMAL_CLOSURE) {
                String reason = new String(control, 2, controlBytes - 2, StandardCharsets.UTF_8);
                context.fireExceptionCaught(
                        new CorruptedFrameException("WebSocket close " + code + " " + reason));
            }
            context.close();
        }
    }
}
