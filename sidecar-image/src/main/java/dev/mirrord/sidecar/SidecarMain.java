package dev.mirrord.sidecar;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.protocol.tls.TunnelTls;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.sidecar.control.Control;
import dev.mirrord.sidecar.control.ControlListener;
import dev.mirrord.sidecar.control.SocketDoor;
import io.netty.channel.Channel;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Entry point of the sidecar's process. */
public final class SidecarMain {
    private static final int OWN_FAILURE = 125;
    private static final int CONTROL_SECONDS = 25;

    /** In the environment: the descriptor of a connection with the CLI, when PID 1 has one. */
    private static final String CONTROL = "MIRRORD_CONTROL";

    private final Paths paths;
    private final boolean kernel;
    private final Ending ending = new Ending();
    private final Executor thread =
            Executors.newSingleThreadExecutor(
                    task -> Thread.ofPlatform().name("mirrord-session").unstarted(task));
    private final CompletableFuture<Prepared> prepared = new CompletableFuture<>();
    private volatile @Nullable Session session;

    SidecarMain(Paths paths, boolean kernel) {
        this.paths = paths;
        this.kernel = kernel;
    }

    public static void main(String[] arguments) {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        try {
            if (List.of(arguments).contains("--self-test")) {
                Ending.leave(SelfTest.run());
            }
            TunnelTls.preload();
            new SidecarMain(Paths.ofProcess(), true).run();
        } catch (SidecarFailure e) {
            Log.line("failed", "why", e.getMessage());
            Ending.exit(OWN_FAILURE);
        }
    }

    void run() {
        SocketDoor.openControl(paths.control(), Conversation::new);
        String begun = System.getenv().getOrDefault(CONTROL, "");
        if (!begun.isEmpty()) {
            SocketDoor.adoptControl(Integer.parseInt(begun), Conversation::new);
        }
        SocketDoor.openTunnels(paths.tunnel(), this::brought);
        EventLoops.next().schedule(this::nobodyCame, CONTROL_SECONDS, TimeUnit.SECONDS);
        try {
            prepared.complete(Prepared.make(kernel, paths.etc()));
        } catch (SidecarFailure e) {
            prepared.completeExceptionally(e);
        }
        Log.line("started", "milliseconds", ending.age());
        Log.line("TLS", "native", TunnelTls.isNative(), "milliseconds", ending.age());
    }

    /** Becomes the session with its first message: the CLI may have chosen another way. */
    private final class Conversation implements ControlListener {
        private final Control control;
        private @Nullable ControlListener session;

        Conversation(Control control) {
            this.control = control;
        }

        @Override
        public void onMessage(String type, JsonNode message) {
            ControlListener known = session;
            if (known == null) {
                known = begin(control);
                session = known;
            }
            known.onMessage(type, message);
        }

        @Override
        public void onClosed() {
            if (session != null) {
                session.onClosed();
            }
        }
    }

    private synchronized ControlListener begin(Control control) {
        if (session != null) {
            throw new SidecarFailure("a second CLI for this session");
        }
        Session made = new Session(thread, paths, prepared, control, ending);
        session = made;
        return made;
    }

    private void brought(Channel channel) {
        Session current = session;
        if (current == null) {
            channel.close();
        } else {
            current.onTunnelChannel(channel);
        }
    }

    /** For the self-test. */
    Optional<Tunnel> tunnel() {
        Session current = session;
        return current == null ? Optional.empty() : current.pick();
    }

    private void nobodyCame() {
        if (session == null) {
            Log.line("nobody came", "seconds", CONTROL_SECONDS);
            Ending.exit(0);
        }
    }
}
