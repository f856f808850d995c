package dev.mirrord.sidecar;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.protocol.tunnel.OpenListener;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The agent of {@link SelfTest}: one connection comes in for the first port that is subscribed. */
final class SelfTestAgent implements OpenListener, TunnelListener {
    private static final int BYTES = 8 << 20;
    private static final String TARGET =
            """
            {"hostname":"self-test","resolvConf":"","hosts":"","addresses":["192.0.2.1"]}\
            """;

    final CompletableFuture<Integer> echoed = new CompletableFuture<>();

    SelfTestAgent(Path socket, SessionIdentity own, Fingerprint session)
            throws IOException, InterruptedException {
        SslContext tls = TunnelTls.ofAgent(own, session);
        new ServerBootstrap()
                .group(EventLoops.group())
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                                Tunnel.ofAgent(SelfTestAgent.this, SelfTestAgent.this)
                                        .install(channel.pipeline());
                            }
                        })
                .bind(new DomainSocketAddress(socket.toFile()))
                .sync();
    }

    @Override
    public StreamListener onOpen(TunnelStream stream, StreamKind kind, ByteBuf payload) {
        String json = payload.toString(StandardCharsets.UTF_8);
        stream.accept();
        if (kind == StreamKind.QUERY) {
            String answer = json.contains("environment") ? "SELF_TEST=1\0" : TARGET;
            stream.write(Unpooled.copiedBuffer(answer, StandardCharsets.UTF_8));
            stream.end();
        } else if (kind == StreamKind.SUBSCRIBE) {
            comeIn(stream.tunnel(), Json.parse(json).path("port").asInt());
        }
        return kind == StreamKind.FILES ? new SelfTestFiles() : new Counter();
    }

    private void comeIn(Tunnel tunnel, int port) {
        ByteBuf payload = Unpooled.buffer().writeByte(2).writeShort(port);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        AddressCodec.write(AddressCodec.write(payload, address), address);
        TunnelStream stream = tunnel.open(StreamKind.INCOMING_TCP, payload, new Counter());
        for (int sent = 0; sent < BYTES; sent += 1 << 16) {
            stream.write(Unpooled.wrappedBuffer(new byte[1 << 16]));
        }
        stream.end();
    }

    @Override
    public void onReady(Tunnel tunnel, JsonNode hello) {}

    @Override
    public void onClosed(Tunnel tunnel, @Nullable Throwable cause) {}

    private final class Counter implements StreamListener {
        private int bytes;

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            bytes += data.readableBytes();
            stream.consumed(data.readableBytes());
            data.release();
        }

        @Override
        public void onEnd(TunnelStream stream) {
            if (stream.kind() == StreamKind.INCOMING_TCP) {
                echoed.complete(bytes);
            }
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {}
    }
}
