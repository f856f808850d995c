package dev.mirrord.agent.mirror;

import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.incoming.Losses;
import java.util.Optional;

/** What is wanted of a mirrored port, and what of it was lost; any thread. */
final class MirroredPort {
    final Losses losses = new Losses();

    private volatile Optional<HttpFilter> filter;

    MirroredPort(Optional<HttpFilter> filter) {
        this.filter = filter;
    }

    /** Which requests are the app's; empty: whole connections. */
    Optional<HttpFilter> filter() {
        return filter;
    }

    void filter(Optional<HttpFilter> other) {
        filter = other;
    }
}
