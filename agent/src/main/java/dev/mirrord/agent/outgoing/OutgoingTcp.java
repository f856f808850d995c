package dev.mirrord.agent.outgoing;

import dev.mirrord.agent.passing.OwnTraffic;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.tunnel.ChannelBridge;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection of the app while it is being made.
 *
 * <pre>
 *   connecting --connected--&gt; ACCEPT, ChannelBridge takes over
 *       |------failed------&gt; REFUSE with connect's errno
 *       '------RESET-------&gt; closed
 * </pre>
 */
public final class OutgoingTcp implements StreamListener {
    /**
     * A little more than the kernel takes with the default of six SYN retries, so that it decides.
     */
    private static final int CONNECT_TIMEOUT_MILLIS = 140_000;

    private final List<ByteBuf> early = new ArrayList<>();
    private final ChannelFuture connecting;
    private final InetSocketAddress destination;
    private boolean ended;
    private boolean over;

    private OutgoingTcp(ChannelFuture connecting, InetSocketAddress destination) {
        this.destination = destination;
        this.connecting = connecting;
    }

    /** Connects to the address in {@code payload}; the socket is made by the calling loop. */
    public static StreamListener open(TunnelStream stream, ByteBuf payload, OwnTraffic ownTraffic) {
        InetSocketAddress destination = AddressCodec.read(payload);
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(stream.eventLoop())
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                        .handler(new ChannelInboundHandlerAdapter());
        ChannelFuture connecting = ownTraffic.mark(bootstrap, destination).connect(destination);
        OutgoingTcp outgoing = new OutgoingTcp(connecting, destination);
        connecting.addListener(done -> outgoing.connected(stream));
        return outgoing;
    }

    private void connected(TunnelStream stream) {
        EpollSocketChannel channel = (EpollSocketChannel) connecting.channel();
        if (over) {
            channel.close();
        } else if (!connecting.isSuccess()) {
            over = true;
            releaseEarly();
            ConnectErrno.tell(
                    connecting.cause(),
                    destination,
                    errno ->
                            stream.eventLoop()
                                    .execute(() -> stream.refuse(errno, Errno.name(errno))));
        } else {
            stream.accept(AddressCodec.write(channel.alloc().buffer(), channel.localAddress()));
            ChannelBridge bridge = ChannelBridge.join(channel, stream);
            early.forEach(data -> bridge.onData(stream, data));
            if (ended) {
                bridge.onEnd(stream);
            }
        }
    }

    @Override
    public void onData(TunnelStream stream, ByteBuf data) {
        if (over) {
            data.release();
        } else {
            early.add(data);
        }
    }

    @Override
    public void onEnd(TunnelStream stream) {
        ended = true;
    }

    @Override
    public void onReset(TunnelStream stream, int errno) {
        over = true;
        releaseEarly();
        if (!connecting.cancel(false)) {
            connecting.channel().close();
        }
    }

    private void releaseEarly() {
        early.forEach(ByteBuf::release);
        early.clear();
    }
}
