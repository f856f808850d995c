package dev.mirrord.sidecar;

import dev.mirrord.protocol.SteadyEpoll;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The event loops that carry all bytes. */
public final class EventLoops {
    private static final int LOOPS = 2;
    private static final EventLoopGroup GROUP =
            new MultiThreadIoEventLoopGroup(
                    LOOPS,
                    new DefaultThreadFactory("mirrord-loop", false),
                    SteadyEpoll.newFactory());

    private EventLoops() {}

    public static EventLoopGroup group() {
        return GROUP;
    }

    public static EventLoop next() {
        return GROUP.next();
    }
}
