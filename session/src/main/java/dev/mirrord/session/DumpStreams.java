package dev.mirrord.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The streams of a tunnel, with a printer where the app would be. */
final class DumpStreams {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CompletableFuture<@Nullable Void> subscribed = new CompletableFuture<>();
    private final CompletableFuture<String> over = new CompletableFuture<>();
    private final DumpPrinter printer;
    private final SessionOutput output;
    private int missing;

    DumpStreams(DumpPrinter printer, SessionOutput output) {
        this.printer = printer;
        this.output = output;
    }

    /** Completes when all ports are mirrored, or exceptionally when one cannot be. */
    CompletableFuture<@Nullable Void> subscribed() {
        return subscribed;
    }

    /** Completes with the reason when nothing more comes. */
    CompletableFuture<String> over() {
        return over;
    }

    /** Asks for copies of what arrives. */
    void subscribe(HeldTunnel held, List<DumpPort> ports) {
        missing = ports.size();
        held.ready().thenAccept(tunnel -> subscribe(tunnel, ports));
        held.closed()
                .thenAccept(
                        cause -> {
                            over.complete(HeldTunnel.lost(cause));
                            subscribed.completeExceptionally(new SessionFailure(over.join()));
                        });
    }

    private void subscribe(Tunnel tunnel, List<DumpPort> ports) {
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

    /** A connection or datagrams of a peer. */
    StreamListener incoming(TunnelStream stream, StreamKind kind, ByteBuf payload) {
        if (kind != StreamKind.INCOMING_TCP && kind != StreamKind.INCOMING_UDP) {
            return HeldTunnel.refuse(stream, kind, payload);
        }
        payload.skipBytes(3);
        InetSocketAddress peer = AddressCodec.read(payload);
        InetSocketAddress destination = AddressCodec.read(payload);
        stream.accept();
        return kind == StreamKind.INCOMING_UDP
                ? new Datagrams(peer, destination)
                : new Printed(printer.opened(peer, destination));
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
            over.complete("port " + port + " is not mirrored any more");
        }
    }
}
