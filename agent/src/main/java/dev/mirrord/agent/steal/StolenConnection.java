package dev.mirrord.agent.steal;

import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.http.Connections;
import dev.mirrord.agent.http.HttpConnection;
import dev.mirrord.agent.tls.PortTls;
import dev.mirrord.agent.tls.TlsOpening;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.IncomingMode;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.ChannelBridge;
import dev.mirrord.protocol.tunnel.DeafListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A redirected connection until it is decided who answers it.
 *
 * <pre>
 *   offered --ACCEPT--&gt; sidecar (ChannelBridge)
 *      '----REFUSE, no answer, tunnel lost, no tunnel--&gt; target (HttpConnection without a filter)
 * </pre>
 *
 * Until then the channel is not registered: a registered one reads when the client ends its side,
 * wanted or not, and what it read would be lost.
 */
final class StolenConnection extends DeafListener {
    private final EpollSocketChannel client;
    private final InetSocketAddress peer;
    private final OriginalDestination destination;
    private final int place;
    private final EventLoop loop;
    private final Tunnels tunnels;
    private final Connections connections;
    private boolean decided;

    private StolenConnection(
            EpollSocketChannel client,
            OriginalDestination destination,
            int place,
            EventLoop loop,
            Tunnels tunnels,
            Connections connections) {
        this.loop = loop;
        this.tunnels = tunnels;
        this.connections = connections;
        this.client = client;
        this.peer = client.remoteAddress();
        this.destination = destination;
        this.place = place;
    }

    /** Offers the connection to the sidecar; {@code spare} serves it when there is no tunnel. */
    static void begin(
            EpollSocketChannel client,
            OriginalDestination destination,
            int place,
            Tunnels tunnels,
            EventLoop spare,
            Connections connections) {
        Optional<Tunnel> tunnel = tunnels.leastBusy();
        EventLoop loop = tunnel.map(Tunnel::eventLoop).orElse(spare);
        StolenConnection connection =
                new StolenConnection(client, destination, place, loop, tunnels, connections);
        loop.execute(() -> tunnel.ifPresentOrElse(connection::offer, connection::passOn));
    }

    /** Lets each HTTP request be judged by itself. */
    static void beginFiltered(
            EpollSocketChannel client,
            OriginalDestination destination,
            int place,
            Tunnels tunnels,
            EventLoop spare,
            Supplier<Optional<HttpFilter>> filters,
            Optional<PortTls> tls,
            Connections connections) {
        EventLoop loop = tunnels.leastBusy().map(Tunnel::eventLoop).orElse(spare);
        StolenWays ways =
                new StolenWays(loop, tunnels, client.remoteAddress(), destination, place, filters);
        loop.execute(
                () ->
                        tls.ifPresentOrElse(
                                port -> TlsOpening.begin(client, ways, port, connections),
                                () -> HttpConnection.begin(client, ways, connections)));
    }

    private void offer(Tunnel tunnel) {
        ByteBuf payload = client.alloc().buffer(64);
        payload.writeByte(IncomingMode.STEAL.code()).writeShort(destination.address().getPort());
        AddressCodec.write(payload, peer);
        AddressCodec.write(payload, destination.address());
        TunnelStream stream = tunnel.open(StreamKind.INCOMING_TCP, payload, this);
        loop.schedule(() -> giveUp(stream), StolenWays.ACCEPT_SECONDS, TimeUnit.SECONDS);
    }

    private void giveUp(TunnelStream stream) {
        if (!decided) {
            stream.reset(Errno.ETIMEDOUT);
            passOn();
        }
    }

    /** HTTP can be ended in order when the agent has to go; all else is passed as it comes. */
    private void passOn() {
        if (!decided) {
            decided = true;
            StolenWays ways =
                    new StolenWays(
                            loop, tunnels, peer, destination, place, Optional::<HttpFilter>empty);
            HttpConnection.begin(client, ways, connections);
        }
    }

    @Override
    public void onAccept(TunnelStream stream, ByteBuf payload) {
        decided = true;
        loop.register(client).addListener(done -> ChannelBridge.join(client, stream));
    }

    @Override
    public void onReset(TunnelStream stream, int errno) {
        passOn();
    }
}
