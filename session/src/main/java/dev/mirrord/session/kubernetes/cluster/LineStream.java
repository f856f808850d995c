package dev.mirrord.session.kubernetes.cluster;

import io.netty.channel.Channel;
import java.util.concurrent.CompletableFuture;

/** A watch or a followed log, until its end or until closed. */
public final class LineStream implements AutoCloseable {

    private final Channel channel;
    private final CompletableFuture<ApiReply> end;

    LineStream(Channel channel, CompletableFuture<ApiReply> end) {
        this.channel = channel;
        this.end = end;
    }

    /**
     * Completes when the server has ended the stream, exceptionally when the connection was lost.
     */
    public CompletableFuture<ApiReply> end() {
        return end;
    }

    /**
     * Ends the stream; after its own end the connection may carry somebody else's request already.
     */
    @Override
    public void close() {
        // on the loop that ends the stream and gives the connection back: never between the two
        channel.eventLoop()
                .execute(
                        () -> {
                            if (!end.isDone()) {
                                channel.close();
                            }
                        });
    }
}
