package dev.mirrord.session;

import dev.mirrord.protocol.tls.Fingerprint;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.session.kubernetes.placement.AgentPlacement;
import dev.mirrord.session.kubernetes.tunnel.PortForward;
import dev.mirrord.session.kubernetes.tunnel.RelayServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Prints what arrives at the target, without an app and without a Docker engine: the tunnel's end
 * is in this process.
 *
 * <pre>
 *   printer ◄─ tunnel ◄─ unix socket ◄─ port-forward ◄─ agent ◄─ copies of the target's connections
 * </pre>
 */
public final class DumpSession {
    private final SessionRequest request;
    private final List<DumpPort> ports;
    private final SessionOutput output;
    private final DumpPrinter printer;
    private final SessionId id = SessionId.random();
    private final SessionLog log;
    private final CompletableFuture<@Nullable Void> interrupted = new CompletableFuture<>();

    /**
     * @param request its target is whom to listen to; there is no command
     * @param ports of the target; empty: those that its container declares
     */
    public DumpSession(
            SessionRequest request,
            List<DumpPort> ports,
            DumpFormat format,
            PrintStream out,
            SessionOutput output) {
        this.request = request;
        this.ports = List.copyOf(ports);
        this.output = output;
        this.printer = new DumpPrinter(out, format);
        this.log = SessionLog.open(id, output);
    }

    /**
     * Prints until the user interrupts it, or until there is nothing more to come.
     *
     * @return the exit code
     */
    public int run() {
        for (String signal : List.of("INT", "TERM", "HUP")) {
            Signals.handle(signal, () -> interrupted.complete(null));
        }
        try (log) {
            try (SessionDirectory directory = SessionDirectory.create(id);
                    ClusterSide cluster = new ClusterSide(id, request, log, output)) {
                return run(directory, cluster);
            } catch (IOException e) {
                throw new SessionFailure(
                        "cannot use the session's directory: " + e.getMessage(), e);
            } catch (RuntimeException failure) {
                log.failure("dump failed", failure);
                throw SessionFailures.of(failure, log.file());
            }
        }
    }

    private int run(SessionDirectory directory, ClusterSide cluster) throws IOException {
        CompletableFuture<ClusterSide.Resolved> target =
                Background.start("target", cluster::resolve);
        CompletableFuture<SessionIdentity> identity =
                Background.start("identity", () -> SessionIdentity.generate("mirrord dump"));
        CompletableFuture<ClusterSide.Agent> agent =
                target.thenCombineAsync(identity, cluster::startAgent, Background.EXECUTOR);
        try {
            if (isInterrupted(agent)) {
                return 0;
            }
            ClusterSide.Agent ready = ContainerSession.await(agent);
            return print(directory, ready, ContainerSession.await(identity));
        } finally {
            cluster.deleteAgent(agent);
        }
    }

    private int print(SessionDirectory directory, ClusterSide.Agent agent, SessionIdentity identity)
            throws IOException {
        List<DumpPort> wanted = wanted(agent.resolved());
        DumpTunnel tunnel =
                new DumpTunnel(
                        TunnelTls.ofSidecar(
                                identity, new Fingerprint(agent.placed().certificateSha256())),
                        wanted,
                        printer,
                        output);
        PortForward forward = new PortForward(agent.resolved().cluster());
        try (RelayServer relay =
                RelayServer.listen(
                        directory.parent(),
                        id.value(),
                        Relays.FIRST_SOCKET,
                        agent.resolved().cluster().loops(),
                        loop -> forward.open(agent.placed().pod(), AgentPlacement.PORT, loop, null),
                        lost -> log.failure("tunnel lost", lost))) {
            Channel channel = connect(agent, tunnel, relay);
            if (isInterrupted(tunnel.subscribed())) {
                return 0;
            }
            ContainerSession.await(tunnel.subscribed());
            output.notice(
                    "what arrives at "
                            + agent.resolved()
                                    .target()
                                    .map(pod -> "pod " + pod.pod())
                                    .orElse("the target")
                            + ", port "
                            + wanted.stream()
                                    .map(DumpPort::toString)
                                    .collect(Collectors.joining(", "))
                            + "; end with Ctrl-C");
            boolean byUser = isInterrupted(tunnel.closed());
            channel.close().syncUninterruptibly();
            if (!byUser) {
                throw new SessionFailure(tunnel.closed().join());
            }
            output.notice(printer.printed());
            return 0;
        }
    }

    private static Channel connect(ClusterSide.Agent agent, DumpTunnel tunnel, RelayServer relay) {
        ChannelFuture connected =
                new Bootstrap()
                        .group(agent.resolved().cluster().loops())
                        .channel(NioDomainSocketChannel.class)
                        .handler(tunnel)
                        .connect(UnixDomainSocketAddress.of(relay.socket()))
                        .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            throw new SessionFailure(
                    "cannot connect to " + relay.socket() + ": " + connected.cause().getMessage(),
                    connected.cause());
        }
        return connected.channel();
    }

    private List<DumpPort> wanted(ClusterSide.Resolved resolved) {
        if (!ports.isEmpty()) {
            return ports;
        }
        List<Integer> declared =
                resolved.target().map(pod -> pod.declaredPorts()).orElse(List.of());
        if (declared.isEmpty()) {
            throw new SessionFailure(
                    "the target's container declares no port: name those to print with -p PORT");
        }
        return declared.stream().map(DumpPort::tcp).toList();
    }

    /** Waits for either; true when the user has interrupted first. */
    private boolean isInterrupted(CompletableFuture<?> other) {
        CompletableFuture.anyOf(interrupted, other).exceptionally(_ -> "").join();
        return interrupted.isDone() && !other.isDone();
    }
}
