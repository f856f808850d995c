package dev.mirrord.agent.incoming;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mirrord.agent.filter.HttpFilter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A way to get at what arrives at the target's ports. Its methods may be called on any thread. */
public interface PortSource {
    /**
     * Begins with one port; completed when every later connection is covered. Who subscribes a port
     * again, for example on a new tunnel before the loss of the old one is known, takes it over.
     *
     * @param filter which HTTP requests are wanted; empty: all that arrives
     * @param lost runs when the source ends by itself, with a text for the user
     * @return fails with {@link SubscriptionRefused} when it cannot be done
     */
    CompletableFuture<Void> subscribe(int port, Optional<HttpFilter> filter, Lost lost);

    /**
     * Ends with one port, unless another than {@code owner} has taken it over; completed when no
     * later connection is covered.
     */
    CompletableFuture<Void> unsubscribe(int port, Lost owner);

    /** True while a port is subscribed, or about to be. */
    boolean has(int port);

    /** Hears that a subscription is over against the subscriber's will. */
    interface Lost {
        void because(String text);

        /** Hears a notice of what was lost, as JSON (docs/protocol.md, SUBSCRIBE). */
        default void counted(String json) {}

        /** Hears what else is for the user. */
        default void notice(String text) {
            counted(JsonNodeFactory.instance.objectNode().put("notice", text).toString());
        }
    }
}
