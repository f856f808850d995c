package dev.mirrord.agent.http;

import dev.mirrord.agent.filter.HttpFilter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.Optional;

/** Where a client's connection can go on to. Channels have auto-read off and half-closure on. */
public interface Ways {
    /** What both ways' channels and the client's live on. */
    EventLoop loop();

    /** The filter as it is now; empty when nothing is the app's any more. */
    Optional<HttpFilter> filter();

    /** A new connection to the target, in the client's name where that is possible. */
    Future<DuplexChannel> toTarget();

    /** A new connection to the app; fails when it does not take one. */
    Future<DuplexChannel> toApp();

    /** What the agent tells the app in each request; empty: nothing. */
    default Optional<OwnField> ownField() {
        return Optional.empty();
    }
}
