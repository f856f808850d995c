package dev.mirrord.sidecar.dns;

import dev.mirrord.sidecar.EventLoops;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.util.Optional;

/** Queries over TCP (RFC 7766): a length before each message, answers in any order. */
public final class TcpQueries {
    private static final int LONGEST = 65535;
    private static final int IDLE_SECONDS = 30;

    private final NameService service;

    public TcpQueries(NameService service) {
        this.service = service;
    }

    /**
     * @param known false: nothing is known to whoever asks
     */
    public void serve(EpollSocketChannel channel, boolean known) {
        channel.config().setAllowHalfClosure(false);
        channel.pipeline()
                .addLast(
                        new ReadTimeoutHandler(IDLE_SECONDS),
                        new LengthFieldBasedFrameDecoder(LONGEST, 0, 2, 0, 2),
                        new Queries(known));
        EventLoops.next().register(channel).addListener(done -> channel.config().setAutoRead(true));
    }

    private final class Queries extends SimpleChannelInboundHandler<ByteBuf> {
        private final boolean known;

        Queries(boolean known) {
            this.known = known;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            byte[] bytes = new byte[message.readableBytes()];
            message.readBytes(bytes);
            Optional<DnsMessage> query = DnsMessage.parse(bytes);
            if (query.isEmpty()) {
                context.close();
            } else if (known) {
                answer(context, query.get());
            } else {
                write(context, query.get().empty(DnsMessage.NXDOMAIN));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
            context.close();
        }

        private void answer(ChannelHandlerContext context, DnsMessage query) {
            service.cached(query)
                    .ifPresentOrElse(
                            cached -> write(context, cached),
                            () ->
                                    service.resolve(query)
                                            .thenAccept(bytes -> write(context, bytes)));
        }

        private void write(ChannelHandlerContext context, byte[] answer) {
            ByteBuf length = context.alloc().buffer(2).writeShort(answer.length);
            context.writeAndFlush(Unpooled.wrappedBuffer(length, Unpooled.wrappedBuffer(answer)));
        }
    }
}
