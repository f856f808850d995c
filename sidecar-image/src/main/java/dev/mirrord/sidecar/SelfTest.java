package dev.mirrord.sidecar;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.config.DnsConfig;
import dev.mirrord.config.IncomingConfig;
import dev.mirrord.config.IncomingMode;
import dev.mirrord.config.NetworkConfig;
import dev.mirrord.config.OutgoingConfig;
import dev.mirrord.config.SidecarConfig;
import dev.mirrord.config.TlsConfig;
import dev.mirrord.config.environment.EnvironmentRules;
import dev.mirrord.config.files.FileRules;
import dev.mirrord.config.filter.DnsFilter;
import dev.mirrord.config.filter.OutgoingFilter;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.sidecar.files.Training;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A short whole life without rules in the kernel: a CLI, an agent and an app in this process, one
 * incoming connection. Run when the image is built, it shows that the image works and trains its
 * class cache.
 */
final class SelfTest {
    private static final int SECONDS = 20;

    private SelfTest() {}

    /** Returns the exit code. */
    static int run() {
        try {
            Path directory = Files.createTempDirectory("mirrord-self-test");
            Files.createDirectories(directory.resolve("run/host"));
            Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n");
            Files.writeString(directory.resolve("resolv.conf"), "");
            Paths paths = new Paths(directory.resolve("run"), directory, directory);
            SessionIdentity session = SessionIdentity.generate("self-test");
            SessionIdentity identity = SessionIdentity.generate("self-test agent");
            SelfTestAgent agent = new SelfTestAgent(paths.relay(), identity, session.fingerprint());
            SidecarMain main = new SidecarMain(paths, false);
            main.run();
            try (ServerSocket app = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
                CompletableFuture<Integer> bytes = new CompletableFuture<>();
                Thread.ofPlatform().daemon().start(() -> serve(app, bytes));
                SocketChannel control = connect(paths.control());
                send(control, bootstrap(session));
                send(
                        control,
                        Json.message("agent")
                                .put("certificateSha256", identity.fingerprint().hex()));
                awaitConnected(control);
                int echoed = agent.echoed.get(SECONDS, TimeUnit.SECONDS);
                Training.run(main::tunnel);
                Log.line("self-test passed", "bytes", echoed, "app", bytes.join());
            }
            return 0;
        } catch (Exception e) {
            Log.line("self-test failed", "why", e);
            return 1;
        }
    }

    private static ObjectNode bootstrap(SessionIdentity session) {
        ObjectNode message =
                Json.message("bootstrap")
                        .put("protocol", 1)
                        .put("session", "self-test")
                        .put("identity", session.toPem())
                        .put("tunnels", 2)
                        .put("relaySocket", true)
                        .put("dnsUpstream", "127.0.0.153");
        message.put("config", config().toJson());
        return message;
    }

    private static SidecarConfig config() {
        IncomingConfig incoming =
                new IncomingConfig(
                        IncomingMode.STEAL,
                        new TreeMap<>(),
                        new TreeMap<>(),
                        Optional.empty(),
                        new TreeSet<>(),
                        false,
                        Optional.empty(),
                        TlsConfig.NONE);
        return new SidecarConfig(
                EnvironmentRules.DEFAULT,
                true,
                FileRules.NONE,
                new NetworkConfig(
                        true,
                        new DnsConfig(true, DnsFilter.NONE, true),
                        new OutgoingConfig(true, true, false, OutgoingFilter.NONE, List.of()),
                        incoming));
    }

    private static void serve(ServerSocket app, CompletableFuture<Integer> bytes) {
        try (Socket socket = app.accept()) {
            InputStream in = socket.getInputStream();
            bytes.complete((int) in.transferTo(socket.getOutputStream()));
        } catch (IOException e) {
            bytes.completeExceptionally(e);
        }
    }

    private static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private static void send(SocketChannel control, ObjectNode message) throws IOException {
        control.write(StandardCharsets.UTF_8.encode(message + "\n"));
    }

    private static void awaitConnected(SocketChannel control) throws IOException {
        BufferedReader in = new BufferedReader(Channels.newReader(control, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String type = Json.parse(line).path("type").asText();
            if (type.equals("failed")) {
                throw new IOException(line);
            }
            if (type.equals("connected")) {
                return;
            }
        }
        throw new IOException("control connection ended");
    }
}
