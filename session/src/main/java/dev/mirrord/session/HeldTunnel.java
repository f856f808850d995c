package dev.mirrord.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.DeafListener;
import dev.mirrord.protocol.tunnel.OpenListener;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The sidecar's end of a tunnel in this process, for what has no app. */
final class HeldTunnel extends ChannelInitializer<Channel> implements TunnelListener {
    private static final int EOPNOTSUPP = 95;

    private final CompletableFuture<Tunnel> ready = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Throwable> closed = new CompletableFuture<>();
    private final SslContext tls;
    private final OpenListener accepting;

    private HeldTunnel(SslContext tls, OpenListener accepting) {
        this.tls = tls;
        this.accepting = accepting;
    }

    /**
     * Connects; what becomes of it is told by {@link #ready} and {@link #closed}.
     *
     * @param socket of a relay to the agent
     * @param accepting hears of the streams that the agent opens
     */
    static HeldTunnel connect(
            Path socket, SslContext tls, EventLoopGroup loops, OpenListener accepting) {
        HeldTunnel tunnel = new HeldTunnel(tls, accepting);
        new Bootstrap()
                .group(loops)
                .channel(NioDomainSocketChannel.class)
                .handler(tunnel)
                .connect(UnixDomainSocketAddress.of(socket))
                .addListener(
                        connected -> {
                            if (!connected.isSuccess()) {
                                tunnel.end(connected.cause());
                            }
                        });
        return tunnel;
    }

    /** Completes when both sides have said HELLO. */
    CompletableFuture<Tunnel> ready() {
        return ready;
    }

    /** Completes with the cause, or null, when there is no tunnel any more. */
    CompletableFuture<@Nullable Throwable> closed() {
        return closed;
    }

    /** What the connection's end means to the user. */
    static String lost(@Nullable Throwable cause) {
        return "the connection to the agent is lost: "
                + (cause == null ? "it was closed" : String.valueOf(cause.getMessage()));
    }

    void close() {
        ready.thenAccept(tunnel -> tunnel.close(0, "the session is over"));
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
        Tunnel.ofSidecar(this, accepting).install(channel.pipeline());
    }

    @Override
    public void onReady(Tunnel tunnel, JsonNode hello) {
        ready.complete(tunnel);
    }

    @Override
    public void onClosed(Tunnel tunnel, @Nullable Throwable cause) {
        end(cause);
    }

    private void end(@Nullable Throwable cause) {
        ready.completeExceptionally(new SessionFailure(lost(cause)));
        closed.complete(cause);
    }

    /** For those that take no streams. */
    static StreamListener refuse(TunnelStream stream, StreamKind kind, ByteBuf payload) {
        stream.refuse(EOPNOTSUPP, "nobody here takes streams of kind " + kind);
        return new DeafListener();
    }
}
