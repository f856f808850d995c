package dev.mirrord.agent.tunnel;

import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.namespace.NetworkNamespace;
import dev.mirrord.protocol.SteadyEpoll;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;

/**
 * Event loops whose threads live in the target's network namespace: a channel that is created on
 * one of them has its socket there, without a detour. Channels made earlier or elsewhere (the
 * tunnels) are served as well, since a socket keeps its namespace.
 */
public final class TargetLoops {
    private final NetworkNamespace namespace;
    private final EventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();
    private final ThreadLocal<Boolean> entered = ThreadLocal.withInitial(() -> false);

    public TargetLoops(NetworkNamespace namespace, int threads) {
        this.namespace = namespace;
        this.group =
                new MultiThreadIoEventLoopGroup(
                        threads, new DefaultThreadFactory("loop"), SteadyEpoll.newFactory());
        for (EventExecutor loop : group) {
            loops.add((EventLoop) loop);
        }
    }

    public EventLoopGroup group() {
        return group;
    }

    public List<EventLoop> all() {
        return loops;
    }

    /** Moves the calling loop's thread into the namespace, the first time that it is called. */
    public void enter() throws ErrnoException {
        if (!entered.get()) {
            namespace.enter();
            entered.set(true);
        }
    }
}
