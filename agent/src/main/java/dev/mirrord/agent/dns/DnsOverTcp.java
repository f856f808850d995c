package dev.mirrord.agent.dns;

import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One query over one TCP connection (RFC 7766): length in two bytes, then the message. */
final class DnsOverTcp extends ByteToMessageDecoder {
    private static final int TIMEOUT_SECONDS = 5;

    private final CompletableFuture<ByteBuf> answer = new CompletableFuture<>();
    private final byte[] message;

    private DnsOverTcp(byte[] message) {
        this.message = message;
    }

    /** Asks; the future is completed on the stream's event loop, its buffer is the caller's. */
    static CompletableFuture<ByteBuf> ask(
            TunnelStream stream, InetSocketAddress server, byte[] message) {
        DnsOverTcp exchange = new DnsOverTcp(message);
        new Bootstrap()
                .group(stream.eventLoop())
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, TIMEOUT_SECONDS * 1000)
                .handler(new Setup(exchange))
                .connect(server)
                .addListener(
                        done -> {
                            if (!done.isSuccess()) {
                                exchange.answer.completeExceptionally(done.cause());
                            }
                        });
        return exchange.answer;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        ByteBuf query = context.alloc().buffer(message.length + 2);
        context.writeAndFlush(query.writeShort(message.length).writeBytes(message));
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < 2) {
            return;
        }
        int length = in.getUnsignedShort(in.readerIndex());
        if (in.readableBytes() >= 2 + length && !answer.isDone()) {
            in.skipBytes(2);
            answer.complete(io.netty.buffer.Unpooled.copiedBuffer(in.readSlice(length)));
            context.close();
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        answer.completeExceptionally(new EOFException("no whole answer"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        answer.completeExceptionally(error);
        context.close();
    }

    /** Puts the timeout before the exchange. */
    private static final class Setup
            extends io.netty.channel.ChannelInitializer<EpollSocketChannel> {
        private final DnsOverTcp exchange;

        Setup(DnsOverTcp exchange) {
            this.exchange = exchange;
        }

        @Override
        protected void initChannel(EpollSocketChannel channel) {
            channel.pipeline().addLast(new ReadTimeoutHandler(TIMEOUT_SECONDS), exchange);
        }
    }
}
