package dev.mirrord.agent.steal;

import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.http.Ways;
import dev.mirrord.agent.tunnel.StreamChannel;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.DeafListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The two ways of one client's connection whose requests are judged one by one. */
record StolenWays(
        EventLoop loop,
        Tunnels tunnels,
        InetSocketAddress peer,
        OriginalDestination destination,
        int place,
        Supplier<Optional<HttpFilter>> filters)
        implements Ways {
    /** An app that does not even take a connection in this time does not get it. */
    static final int ACCEPT_SECONDS = 5;

    @Override
    public Optional<HttpFilter> filter() {
        return filters.get();
    }

    @Override
    public Future<DuplexChannel> toTarget() {
        return PassThrough.connect(loop, peer, destination, place);
    }

    @Override
    public Future<DuplexChannel> toApp() {
        Offer offer = new Offer(loop.newPromise());
        Optional<Tunnel> tunnel =
                tunnels.all().stream()
                        .filter(Tunnel::isReady)
                        .filter(ready -> ready.eventLoop().equals(loop))
                        .min(Comparator.comparingInt(Tunnel::streamCount));
        if (tunnel.isEmpty()) {
            offer.taken.setFailure(new IOException("there is no tunnel"));
            return offer.taken;
        }
        ByteBuf payload = Unpooled.buffer(64);
        payload.writeByte(IncomingMode.STEAL.code()).writeShort(destination.address().getPort());
        AddressCodec.write(payload, peer);
        AddressCodec.write(payload, destination.address());
        TunnelStream stream = tunnel.get().open(StreamKind.INCOMING_TCP, payload, offer);
        loop.schedule(() -> offer.giveUp(stream), ACCEPT_SECONDS, TimeUnit.SECONDS);
        return offer.taken;
    }

    /** Waits for the sidecar's answer. */
    private static final class Offer extends DeafListener {

        private final Promise<DuplexChannel> taken;

        Offer(Promise<DuplexChannel> taken) {
            this.taken = taken;
        }

        @Override
        public void onAccept(TunnelStream stream, ByteBuf payload) {
            StreamChannel channel = new StreamChannel(stream);
            channel.config().setAutoRead(false);
            stream.eventLoop()
                    .register(channel)
                    .addListener(
                            done -> {
                                if (done.isSuccess()) {
                                    taken.trySuccess(channel);
                                } else {
                                    taken.tryFailure(done.cause());
                                }
                            });
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {
            taken.tryFailure(new IOException("the app did not take it, errno " + errno));
        }

        void giveUp(TunnelStream stream) {
            if (taken.tryFailure(new IOException("the app did not answer"))) {
                stream.reset(Errno.ETIMEDOUT);
            }
        }
    }
}
