package dev.mirrord.sidecar.dns;

import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks the target's nameservers through the agent, over one stream of one tunnel at a time. */
public final class AgentResolver implements Resolver {
    private final Supplier<Optional<Tunnel>> tunnels;
    private @Nullable Way way;

    public AgentResolver(Supplier<Optional<Tunnel>> tunnels) {
        this.tunnels = tunnels;
    }

    @Override
    public CompletableFuture<byte[]> resolve(byte[] query) {
        CompletableFuture<byte[]> first = send(query);
        // A query that was under way when its tunnel was lost goes out once more.
        return first.exceptionallyCompose(
                error ->
                        error instanceof IOException || error.getCause() instanceof IOException
                                ? send(query)
                                : CompletableFuture.failedFuture(error));
    }

    private CompletableFuture<byte[]> send(byte[] query) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Optional<Way> open = way();
        if (open.isEmpty()) {
            answer.completeExceptionally(new IllegalStateException("no tunnel"));
            return answer;
        }
        byte[] message = open.get().waiting.add(query, answer);
        open.get().send(message);
        return answer;
    }

    private synchronized Optional<Way> way() {
        if (way == null || way.lost || !way.tunnel.isReady()) {
            way = tunnels.get().map(Way::new).orElse(null);
        }
        return Optional.ofNullable(way);
    }

    /** One stream. */
    private static final class Way implements StreamListener {
        final Tunnel tunnel;
        final WaitingQueries waiting = new WaitingQueries();
        volatile boolean lost;
        private @Nullable TunnelStream stream;

        Way(Tunnel tunnel) {
            this.tunnel = tunnel;
        }

        void send(byte[] message) {
            tunnel.eventLoop()
                    .execute(
                            () -> {
                                if (stream == null) {
                                    stream =
                                            tunnel.open(
                                                    StreamKind.DNS, Unpooled.EMPTY_BUFFER, this);
                                }
                                stream.writeMessage(Unpooled.wrappedBuffer(message));
                            });
        }

        @Override
        public void onData(TunnelStream from, ByteBuf data) {
            byte[] answer = new byte[data.readableBytes()];
            data.readBytes(answer).release();
            from.consumed(answer.length);
            waiting.answered(answer);
        }

        @Override
        public void onEnd(TunnelStream from) {
            from.end();
            onReset(from, 0);
        }

        @Override
        public void onReset(TunnelStream from, int errno) {
            lost = true;
            waiting.failAll("the way to the target's nameserver was lost");
        }
    }
}
