package dev.mirrord.agent.steal;

import dev.mirrord.agent.AgentLog;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Sockets from which the app's answers leave, one for each address and port of the target. The port
 * itself is the target's, whose socket holds it: ours has another, which the table replaces by it.
 * Any thread.
 */
final class AnswerSockets {
    private static final int MOST = 256;

    private final Opener opener;
    private final Map<InetSocketAddress, CompletableFuture<DatagramChannel>> sockets =
            new LinkedHashMap<>(16, 0.75f, true);

    /** Opens a socket in the target's namespace. */
    @FunctionalInterface
    interface Opener {
        CompletableFuture<DatagramChannel> open(InetSocketAddress target);
    }

    AnswerSockets(Opener opener) {
        this.opener = opener;
    }

    /** Opens one on the calling thread, in its network namespace. */
    static DatagramChannel open(InetSocketAddress target) throws IOException {
        DatagramChannel socket =
                DatagramChannel.open(
                        target.getAddress() instanceof Inet4Address
                                ? StandardProtocolFamily.INET
                                : StandardProtocolFamily.INET6);
        socket.bind(new InetSocketAddress(target.getAddress(), 0));
        socket.configureBlocking(false);
        // Nobody is meant to send here, and nobody reads.
        socket.setOption(StandardSocketOptions.SO_RCVBUF, 1);
        return socket;
    }

    /** Makes sure that there is one, before the first answer needs it. */
    synchronized CompletableFuture<DatagramChannel> of(InetSocketAddress target) {
        CompletableFuture<DatagramChannel> known = sockets.get(target);
        if (known == null || known.isCompletedExceptionally()) {
            known = opener.open(target);
            sockets.put(target, known);
            if (sockets.size() > MOST) {
                InetSocketAddress eldest = sockets.keySet().iterator().next();
                close(sockets.remove(eldest));
            }
        }
        return known;
    }

    /** Sends in the target's name; the result is lost, as UDP is. */
    void send(InetSocketAddress target, InetSocketAddress peer, ByteBuf answer) {
        ByteBuf kept = answer.retain();
        of(target)
                .whenComplete(
                        (socket, failure) -> {
                            try {
                                if (socket != null) {
                                    socket.send(kept.nioBuffer(), peer);
                                }
                            } catch (IOException e) {
                                AgentLog.info("answer lost", "why", e.getMessage());
                            } finally {
                                kept.release();
                            }
                        });
    }

    synchronized void close() {
        sockets.values().forEach(AnswerSockets::close);
        sockets.clear();
    }

    private static void close(
            @org.jspecify.annotations.Nullable CompletableFuture<DatagramChannel> future) {
        if (future != null) {
            future.thenAccept(
                    socket -> {
                        try {
                            socket.close();
                        } catch (IOException e) {
                            AgentLog.info("socket not closed", "why", e.getMessage());
                        }
                    });
        }
    }
}
