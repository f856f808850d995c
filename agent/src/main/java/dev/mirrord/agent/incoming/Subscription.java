package dev.mirrord.agent.incoming;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.tunnel.DeafListener;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One SUBSCRIBE stream: the port is subscribed while the stream lives. */
final class Subscription extends DeafListener {
    private final int port;
    private final PortSource source;
    private final PortSource.Lost lost;
    private boolean active;
    private boolean over;

    private Subscription(TunnelStream stream, int port, PortSource source) {
        this.port = port;
        this.source = source;
        this.lost = new Notices(stream);
    }

    static StreamListener begin(
            TunnelStream stream, int port, Optional<HttpFilter> filter, PortSource source) {
        Subscription subscription = new Subscription(stream, port, source);
        source.subscribe(port, filter, subscription.lost)
                .whenCompleteAsync(
                        (done, failure) -> subscription.begun(stream, failure), stream.eventLoop());
        return subscription;
    }

    private void begun(TunnelStream stream, @Nullable Throwable failure) {
        if (failure != null) {
            over = true;
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
            int errno = cause instanceof SubscriptionRefused refused ? refused.errno() : Errno.EIO;
            AgentLog.warn("subscription refused", "port", port, "why", cause.getMessage());
            stream.refuse(errno, String.valueOf(cause.getMessage()));
        } else if (over) {
            source.unsubscribe(port, lost);
        } else {
            active = true;
            AgentLog.info("subscribed", "port", port);
            stream.accept(Unpooled.copiedBuffer("{}", StandardCharsets.US_ASCII));
        }
    }

    private static void tellLost(TunnelStream stream, String text) {
        String quoted = text.replace("\\", "\\\\").replace("\"", "\\\"");
        stream.writeMessage(
                Unpooled.copiedBuffer("{\"notice\":\"" + quoted + "\"}", StandardCharsets.UTF_8));
        stream.reset(Errno.ECONNRESET);
    }

    /** Passes on to the sidecar what the source has to say. */
    private record Notices(TunnelStream stream) implements PortSource.Lost {
        @Override
        public void because(String text) {
            stream.eventLoop().execute(() -> tellLost(stream, text));
        }

        @Override
        public void counted(String json) {
            stream.eventLoop()
                    .execute(
                            () -> {
                                if (!stream.isClosed()) {
                                    stream.writeMessage(
                                            Unpooled.copiedBuffer(json, StandardCharsets.US_ASCII));
                                }
                            });
        }
    }

    @Override
    public void onEnd(TunnelStream stream) {
        finish().whenCompleteAsync((done, failure) -> stream.end(), stream.eventLoop());
    }

    @Override
    public void onReset(TunnelStream stream, int errno) {
        finish();
    }

    private CompletableFuture<Void> finish() {
        over = true;
        if (!active) {
            return CompletableFuture.completedFuture(null);
        }
        active = false;
        AgentLog.info("unsubscribed", "port", port);
        return source.unsubscribe(port, lost);
    }
}
