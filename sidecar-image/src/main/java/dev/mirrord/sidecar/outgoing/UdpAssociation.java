package dev.mirrord.sidecar.outgoing;

import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.UdpMessage;
import dev.mirrord.protocol.UdpMessage.Datagram;
import dev.mirrord.protocol.UdpMessage.Undelivered;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * All datagrams of one socket address of the app: whoever answers, and from wherever, reaches it
 * (full cone). The stream belongs to its tunnel's event loop.
 */
final class UdpAssociation implements StreamListener {
    private final InetSocketAddress app;
    private final Tunnel tunnel;
    private final DatagramSenders senders;
    private final DatagramErrors errors;
    private final UdpDoor door;
    private @Nullable TunnelStream stream;
    private volatile long lastUsed = System.nanoTime();

    UdpAssociation(
            InetSocketAddress app,
            Tunnel tunnel,
            DatagramSenders senders,
            DatagramErrors errors,
            UdpDoor door) {
        this.errors = errors;
        this.app = app;
        this.tunnel = tunnel;
        this.senders = senders;
        this.door = door;
    }

    /** Any thread; ownership of {@code message} passes. */
    void send(ByteBuf message) {
        lastUsed = System.nanoTime();
        tunnel.eventLoop().execute(() -> forward(message));
    }

    /**
     * @param time of {@link System#nanoTime}
     */
    boolean idleSince(long time) {
        return lastUsed - time < 0;
    }

    void close() {
        tunnel.eventLoop()
                .execute(
                        () -> {
                            if (stream != null) {
                                stream.reset(0);
                            }
                        });
    }

    private void forward(ByteBuf message) {
        if (stream == null) {
            byte family = (byte) (app.getAddress() instanceof Inet4Address ? 4 : 6);
            stream = tunnel.open(StreamKind.UDP, Unpooled.wrappedBuffer(new byte[] {family}), this);
        }
        // A clogged way loses datagrams, as a full queue of a router does.
        if (stream.isWritable()) {
            stream.writeMessage(message);
        } else {
            message.release();
        }
    }

    @Override
    public void onData(TunnelStream from, ByteBuf message) {
        lastUsed = System.nanoTime();
        int length = message.readableBytes();
        try {
            switch (UdpMessage.read(message)) {
                case Datagram(InetSocketAddress peer) ->
                        senders.send(peer, app, message.nioBuffer());
                case Undelivered undelivered -> errors.tell(app, undelivered);
            }
        } finally {
            message.release();
            from.consumed(length);
        }
    }

    @Override
    public void onEnd(TunnelStream from) {
        from.end();
        door.forget(app, this);
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        door.forget(app, this);
    }
}
