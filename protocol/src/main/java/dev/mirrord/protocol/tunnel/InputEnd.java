package dev.mirrord.protocol.tunnel;

import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;

/** The far side of a channel writes no more; Netty's transports say so in two ways. */
public final class InputEnd {
    private InputEnd() {}

    public static boolean is(Object event) {
        return event instanceof ChannelInputShutdownEvent
                || event instanceof ChannelInputShutdownReadComplete;
    }
}
