package dev.mirrord.sidecar.tunnel;

import dev.mirrord.protocol.tunnel.Tunnel;
import io.netty.channel.Channel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One of the session's agents: the tunnels to it, and who keeps them up. */
public final class Agent {
    private final String id;
    private final String pod;
    private final Tunnels tunnels;
    private final @Nullable RelayDialer dialer;

    /**
     * @param pod for whom it stands, empty if for nobody
     * @param dialer null where the CLI brings the connections
     */
    Agent(String id, String pod, Tunnels tunnels, @Nullable RelayDialer dialer) {
        this.id = id;
        this.pod = pod;
        this.tunnels = tunnels;
        this.dialer = dialer;
    }

    public String id() {
        return id;
    }

    public String pod() {
        return pod;
    }

    /** The tunnel with the least to do; empty while there is none. */
    public Optional<Tunnel> pick() {
        return tunnels.pick();
    }

    Tunnels tunnels() {
        return tunnels;
    }

    void take(Channel channel) {
        channel.eventLoop().execute(() -> tunnels.add(channel, () -> {}));
    }

    void stopDialing() {
        if (dialer != null) {
            dialer.stop();
        }
    }

    void close() {
        stopDialing();
        tunnels.close();
    }
}
