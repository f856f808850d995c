package dev.mirrord.session.kubernetes.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** How a SPDY frame is put on the connection. Takes over both buffers. */
sealed interface Framing {

    void write(
            ChannelHandlerContext context, ByteBuf head, ByteBuf payload, ChannelPromise promise);

    /** As it is. */
    record Bare() implements Framing {

        @Override
        public void write(
                ChannelHandlerContext context,
                ByteBuf head,
                ByteBuf payload,
                ChannelPromise promise) {
            if (!payload.isReadable()) {
                payload.release();
                context.write(head, promise);
                return;
            }
            context.write(head, context.voidPromise());
            context.write(payload, promise);
        }
    }

    /** One binary WebSocket message for each frame, so the server forwards it in one piece. */
    record InWebSocket() implements Framing {

        @Override
        public void write(
                ChannelHandlerContext context,
                ByteBuf head,
                ByteBuf payload,
                ChannelPromise promise) {
            int mask = WebSocket.newMask();
            int length = head.readableBytes() + payload.readableBytes();
            ByteBuf front = context.alloc().buffer(WebSocket.LONGEST_HEADER + head.readableBytes());
            WebSocket.writeHeader(front, WebSocket.BINARY, length, mask);
            int maskedFrom = front.writerIndex();
            int headBytes = head.readableBytes();
            front.writeBytes(head);
            head.release();
            WebSocket.mask(front, maskedFrom, front.writerIndex(), mask);
            if (!payload.isReadable()) {
                payload.release();
                context.write(front, promise);
                return;
            }
            context.write(front, context.voidPromise());
            context.write(masked(context, payload, WebSocket.rotate(mask, headBytes)), promise);
        }

        /** In place where nobody else can see the buffer. */
        private static ByteBuf masked(ChannelHandlerContext context, ByteBuf payload, int mask) {
            ByteBuf own = payload;
            if (payload.refCnt() > 1 || payload.isReadOnly()) {
                own = context.alloc().buffer(payload.readableBytes()).writeBytes(payload);
                payload.release();
            }
            WebSocket.mask(own, own.readerIndex(), own.writerIndex(), mask);
            return own;
        }
    }
}
