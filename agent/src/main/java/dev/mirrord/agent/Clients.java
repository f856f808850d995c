package dev.mirrord.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.agent.query.AgentStatus;
import dev.mirrord.agent.query.Queries;
import dev.mirrord.agent.target.Target;
import dev.mirrord.agent.tunnel.TargetLoops;
import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.OpenListener;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sidecars that share this agent, told apart by the name that each says in its HELLO.
 *
 * <pre>
 *   first tunnel of a name --&gt; client --no tunnel for the agent's patience--&gt; let go
 *   no tunnel of any client for so long --&gt; abandoned
 * </pre>
 */
final class Clients implements TunnelListener, OpenListener {
    private final AgentOptions options;
    private final Target target;
    private final TargetLoops loops;
    private final Queries queries;
    private final Tunnels all;
    private final Map<String, Client> byName = new HashMap<>();
    private final Map<Tunnel, Client> byTunnel = new ConcurrentHashMap<>();

    /**
     * @param abandoned runs when nobody is there for as long as the agent's patience lasts
     */
    Clients(AgentOptions options, Target target, TargetLoops loops, Runnable abandoned) {
        this.options = options;
        this.target = target;
        this.loops = loops;
        this.all = tunnels(abandoned);
        this.queries = new Queries(target, new AgentStatus(this::tunnels));
    }

    /** Starts to wait for the first tunnel. */
    void awaitFirst() {
        all.awaitFirst();
    }

    List<Tunnel> tunnels() {
        return all.all();
    }

    @Override
    public void onReady(Tunnel tunnel, JsonNode hello) {
        String name = hello.path("client").asText("");
        synchronized (this) {
            Client client = byName.computeIfAbsent(name, this::made);
            byTunnel.put(tunnel, client);
            client.tunnels().add(tunnel);
        }
        all.add(tunnel);
        AgentLog.info("tunnel is up", "tunnels", all.all().size(), "client", name);
    }

    @Override
    public void onClosed(Tunnel tunnel, @Nullable Throwable cause) {
        String why = cause == null ? "closed" : String.valueOf(cause.getMessage());
        Client client = byTunnel.remove(tunnel);
        all.remove(tunnel);
        if (client == null) {
            AgentLog.warn("tunnel was not established", "why", why);
        } else {
            client.tunnels().remove(tunnel);
            AgentLog.info("tunnel is gone", "tunnels", all.all().size(), "why", why);
        }
    }

    /** Streams are opened after the HELLO only. */
    @Override
    public StreamListener onOpen(TunnelStream stream, StreamKind kind, ByteBuf payload) {
        return Objects.requireNonNull(byTunnel.get(stream.tunnel()))
                .streams()
                .onOpen(stream, kind, payload);
    }

    /** All of them let go, side by side: each may wait for answers that pass through. */
    void close() throws InterruptedException {
        List<Client> open;
        synchronized (this) {
            open = List.copyOf(byName.values());
        }
        List<Thread> ends = new ArrayList<>();
        for (Client client : open) {
            ends.add(Thread.ofPlatform().name("end-client").start(client::close));
        }
        for (Thread end : ends) {
            end.join();
        }
    }

    private Client made(String name) {
        return Client.of(options, target, loops, queries, tunnels(() -> letGo(name)));
    }

    /** Its sidecar has ended: another of its name would be a new client. */
    private void letGo(String name) {
        Client gone;
        synchronized (this) {
            gone = byName.get(name);
            if (gone == null || !gone.tunnels().all().isEmpty()) {
                return;
            }
            byName.remove(name);
        }
        AgentLog.info("client has gone", "client", name);
        Thread.ofPlatform().name("end-client").start(gone::close);
    }

    private Tunnels tunnels(Runnable abandoned) {
        return new Tunnels(options.patience(), loops.all().getFirst(), abandoned);
    }
}
