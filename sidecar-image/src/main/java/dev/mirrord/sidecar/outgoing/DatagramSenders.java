package dev.mirrord.sidecar.outgoing;

import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.TransparentSender;
import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.capture.Marks;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sockets that answer the app in the name of its peers; the least recently used ones are closed.
 */
public final class DatagramSenders {
    private static final int MOST = 256;

    private final LinkedHashMap<InetSocketAddress, TransparentSender> senders =
            new LinkedHashMap<>(64, 0.75f, true);

    /** Sends a datagram from {@code peer} to {@code app}; any thread. */
    public synchronized void send(InetSocketAddress peer, InetSocketAddress app, ByteBuffer data) {
        TransparentSender sender = senders.get(peer);
        if (sender == null) {
            try {
                sender = TransparentSender.open(peer, Marks.INJECTED);
            } catch (ErrnoException e) {
                Log.line("datagram lost", "peer", peer, "why", e.getMessage());
                return;
            }
            senders.put(peer, sender);
            closeOldest();
        }
        sender.send(data, app);
    }

    private void closeOldest() {
        if (senders.size() > MOST) {
            Map.Entry<InetSocketAddress, TransparentSender> oldest =
                    senders.sequencedEntrySet().getFirst();
            oldest.getValue().close();
            senders.remove(oldest.getKey());
        }
    }
}
