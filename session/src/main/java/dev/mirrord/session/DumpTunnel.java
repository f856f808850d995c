package dev.mirrord.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The sidecar's end of a tunnel, with a printer where the app would be. */
final class DumpTunnel extends ChannelInitializer<Channel> implements TunnelListener {
    private static final int EOPNOTSUPP = 95;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CompletableFuture<@Nullable Void> subscribed = new CompletableFuture<>();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final SslContext tls;
    private final List<DumpPort> ports;
    private final DumpPrinter printer;
    private final SessionOutput output;
    private int missing;

    DumpTunnel(SslContext tls, List<DumpPort> ports, DumpPrinter printer, SessionOutput output) {
        this.tls = tls;
        this.ports = List.copyOf(ports);
        this.printer = printer;
        this.output = output;
        this.missing = ports.size();
    }

    /** Completes when all ports are mirrored, or exceptionally when one cannot be. */
    CompletableFuture<@Nullable Void> subscribed() {
        return subscribed;
    }

    /** Completes with the reason when the tunnel has ended. */
    CompletableFuture<String> closed() {
        return closed;
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
        Tunnel.ofSidecar(this, this::incoming).install(channel.pipeline());
    }

    @Override
    public void onReady(Tunnel tunnel, JsonNode hello) {
        for (DumpPort port : ports) {
            String request =
                    "{\"port\":%d,\"protocol\":\"%s\",\"mode\":\"mirror\"}"
                            .formatted(port.number(), port.protocol().text());
            tunnel.open(
                    StreamKind.SUBSCRIBE,
                    Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII),
                    new Subscription(port));
        }
    }

    @Override
    public void onClosed(Tunnel tunnel, @Nullable Throwable cause) {
        String why = cause == null ? "it was closed" : String.valueOf(cause.getMessage());
        closed.complete("the connection to the agent is lost: " + why);
        subscribed.completeExceptionally(new SessionFailure(closed.join()));
    }

    private StreamListener incoming(TunnelStream stream, StreamKind kind, ByteBuf payload) {
        if (kind == StreamKind.INCOMING_UDP) {
            payload.skipBytes(3);
            InetSocketAddress peer = AddressCodec.read(payload);
            InetSocketAddress destination = AddressCodec.read(payload);
            stream.accept();
            return new Datagrams(peer, destination);
        }
        if (kind != StreamKind.INCOMING_TCP) {
            stream.refuse(EOPNOTSUPP, "nobody here takes streams of kind " + kind);
            return new Printed(0);
        }
        payload.skipBytes(3);
        InetSocketAddress peer = AddressCodec.read(payload);
        InetSocketAddress destination = AddressCodec.read(payload);
        stream.accept();
        return new Printed(printer.opened(peer, destination));
    }

    private final class Printed implements StreamListener {
        private final long connection;

        Printed(long connection) {
            this.connection = connection;
        }

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            byte[] bytes = ByteBufUtil.getBytes(data);
            data.release();
            printer.data(connection, bytes);
            stream.consumed(bytes.length);
        }

        @Override
        public void onEnd(TunnelStream stream) {
            printer.ended(connection);
            stream.end();
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {
            printer.reset(connection);
        }
    }

    private final class Datagrams implements StreamListener {
        private final InetSocketAddress peer;
        private final InetSocketAddress destination;

        Datagrams(InetSocketAddress peer, InetSocketAddress destination) {
            this.peer = peer;
            this.destination = destination;
        }

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            byte[] bytes = ByteBufUtil.getBytes(data);
            data.release();
            printer.datagram(peer, destination, bytes);
            stream.consumed(bytes.length);
        }

        @Override
        public void onEnd(TunnelStream stream) {
            stream.end();
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {}
    }

    private final class Subscription implements StreamListener {
        private final DumpPort port;

        Subscription(DumpPort port) {
            this.port = port;
        }

        @Override
        public void onAccept(TunnelStream stream, ByteBuf payload) {
            missing--;
            if (missing == 0) {
                subscribed.complete(null);
            }
        }

        @Override
        public void onRefuse(TunnelStream stream, int errno, String text) {
            subscribed.completeExceptionally(
                    new SessionFailure("port " + port + " cannot be mirrored: " + text));
        }

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            int length = data.readableBytes();
            String text = data.toString(StandardCharsets.UTF_8);
            data.release();
            stream.consumed(length);
            try {
                JsonNode notice = JSON.readTree(text);
                output.notice(
                        notice.path("notice")
                                .asText("port " + port + ": not printed: " + notice.path("lost")));
            } catch (IOException e) {
                output.detail("the agent said what cannot be read about port " + port);
            }
        }

        @Override
        public void onEnd(TunnelStream stream) {
            stream.end();
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {
            closed.complete("port " + port + " is not mirrored any more");
        }
    }
}
