package dev.mirrord.sidecar.outgoing;

import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.ChannelBridge;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import dev.mirrord.sidecar.Counters;
import dev.mirrord.sidecar.Counters.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Connections on a kernel without a queue: the app's connect has succeeded already, so a refusal
 * can only be shown as a reset.
 */
public final class UnheldConnects {
    private final BooleanSupplier enabled;
    private final Supplier<Optional<Tunnel>> tunnels;
    private final Counters counters;

    /**
     * @param enabled false: the queue works, so a connection that was not held is a stray
     */
    public UnheldConnects(
            BooleanSupplier enabled, Supplier<Optional<Tunnel>> tunnels, Counters counters) {
        this.enabled = enabled;
        this.tunnels = tunnels;
        this.counters = counters;
    }

    void serve(EpollSocketChannel channel) {
        Optional<Tunnel> tunnel = enabled.getAsBoolean() ? tunnels.get() : Optional.empty();
        if (tunnel.isEmpty()) {
            TransparentListener.reset(channel);
            return;
        }
        tunnel.get().eventLoop().execute(() -> ask(tunnel.get(), channel));
    }

    private void ask(Tunnel tunnel, EpollSocketChannel channel) {
        ByteBuf payload = ByteBufAllocator.DEFAULT.buffer(19);
        AddressCodec.write(payload, channel.localAddress());
        EarlyData early = new EarlyData();
        tunnel.open(
                StreamKind.TCP,
                payload,
                new StreamListener() {
                    @Override
                    public void onAccept(TunnelStream stream, ByteBuf local) {
                        counters.add(Counter.OUTGOING_TCP);
                        Joining.register(
                                channel,
                                stream,
                                () -> early.replay(stream, ChannelBridge.join(channel, stream)));
                    }

                    @Override
                    public void onData(TunnelStream stream, ByteBuf data) {
                        early.add(data);
                    }

                    @Override
                    public void onEnd(TunnelStream stream) {
                        early.end();
                    }

                    @Override
                    public void onRefuse(TunnelStream stream, int errno, String text) {
                        counters.add(Counter.OUTGOING_REFUSED);
                        onReset(stream, errno);
                    }

                    @Override
                    public void onReset(TunnelStream stream, int errno) {
                        early.release();
                        TransparentListener.reset(channel);
                    }
                });
    }
}
