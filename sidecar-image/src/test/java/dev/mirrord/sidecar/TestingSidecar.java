package dev.mirrord.sidecar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.protocol.tls.SessionIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The real sidecar in a namespace of its own, its CLI, and an agent of a made-up cluster. */
final class TestingSidecar implements AutoCloseable {
    static final String POD = "10.244.9.9";
    static final String NAMESERVER = "10.96.0.10";
    static final String UPSTREAM = "127.0.0.153";
    private static final ObjectMapper JSON = new ObjectMapper();

    final TestingNamespace namespace = new TestingNamespace();
    final Path directory;
    final SessionIdentity identity = SessionIdentity.generate("session");
    final TestingAgent agent;
    final Process process;
    final SocketChannel control;
    final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();

    /** Up to {@code ready}. */
    TestingSidecar(ObjectNode network) throws Exception {
        this(network, new String[0]);
    }

    TestingSidecar(ObjectNode network, String... dockerNetworks) throws Exception {
        directory = Files.createTempDirectory("mirrord-sidecar");
        Files.createDirectories(directory.resolve("run/host"));
        Files.createDirectories(directory.resolve("layer"));
        Path etc = Files.createDirectories(directory.resolve("etc"));
        Files.writeString(etc.resolve("resolv.conf"), "nameserver " + UPSTREAM + "\n");
        Files.writeString(
                etc.resolve("hosts"),
                "127.0.0.1\tlocalhost\n10.99.7.77\tadded\n" + TestingNamespace.APP + "\tweb-1\n");
        agent = new TestingAgent(directory.resolve("run/host/relay.sock"), identity.fingerprint());
        agent.target =
                JSON.createObjectNode()
                        .put("hostname", "web-1")
                        .put(
                                "resolvConf",
                                "search shop.svc.cluster.local svc.cluster.local\nnameserver "
                                        + NAMESERVER
                                        + "\noptions ndots:5\n")
                        .put("hosts", "127.0.0.1 localhost\n" + POD + " web-1\n10.1.2.3 alias\n")
                        .set("addresses", JSON.createArrayNode().add(POD))
                        .toString();
        process = start();
        control = connect(directory.resolve("run/control.sock"));
        readControl();
        ObjectNode bootstrap =
                JSON.createObjectNode()
                        .put("type", "bootstrap")
                        .put("protocol", 1)
                        .put("session", "test")
                        .put("identity", identity.toPem())
                        .put("tunnels", 2)
                        .put("relaySocket", true)
                        .put("dnsUpstream", UPSTREAM)
                        .put("config", TestingConfig.json(network));
        bootstrap.putArray("userEnvironment").add("MINE");
        bootstrap.putArray("engineNameservers").add("127.0.0.11");
        var networks = bootstrap.putArray("networks");
        for (String each : dockerNetworks) {
            networks.add(each);
        }
        send(bootstrap);
        await("ready");
    }

    /** Up to {@code connected}. */
    TestingSidecar connected(int... declaredPorts) throws Exception {
        introduceAgent(declaredPorts);
        await("connected");
        return this;
    }

    void introduceAgent(int... declaredPorts) throws IOException {
        ObjectNode message =
                JSON.createObjectNode()
                        .put("type", "agent")
                        .put("certificateSha256", agent.identity.fingerprint().hex());
        var ports = message.putArray("declaredPorts");
        for (int port : declaredPorts) {
            ports.add(port);
        }
        send(message);
    }

    void send(ObjectNode message) throws IOException {
        control.write(StandardCharsets.UTF_8.encode(message + "\n"));
    }

    JsonNode await(String type) throws Exception {
        return await(type, 20);
    }

    JsonNode await(String type, int seconds) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < until) {
            JsonNode message = messages.poll(1, TimeUnit.SECONDS);
            if (message == null && !process.isAlive()) {
                break;
            }
            if (message != null
                    && message.path("type").asText().equals("failed")
                    && !type.equals("failed")) {
                throw new AssertionError("failed: " + message);
            }
            if (message != null && message.path("type").asText().equals(type)) {
                return message;
            }
        }
        throw new AssertionError("no " + type + " came; " + log());
    }

    String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    TestingLauncher launcher(int role) throws Exception {
        return new TestingLauncher(connect(directory.resolve("layer/sock")), role);
    }

    static SocketChannel connect(Path socket) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return channel;
            } catch (IOException e) {
                channel.close();
                if (System.nanoTime() > until) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private Process start() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        namespace.app,
                        System.getProperty("java.home") + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Dmirrord.run=" + directory.resolve("run"),
                        "-Dmirrord.layer=" + directory.resolve("layer"),
                        "-Dmirrord.etc=" + directory.resolve("etc"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.mirrord.sidecar.SidecarMain");
        builder.redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile());
        return builder.start();
    }

    private void readControl() {
        Thread.ofVirtual()
                .start(
                        () -> {
                            try (BufferedReader in =
                                    new BufferedReader(
                                            Channels.newReader(control, StandardCharsets.UTF_8))) {
                                for (String line; (line = in.readLine()) != null; ) {
                                    messages.add(JSON.readTree(line));
                                }
                            } catch (IOException e) {
                                // The sidecar has gone.
                            }
                        });
    }

    @Override
    public void close() throws Exception {
        control.close();
        process.destroyForcibly();
        process.waitFor();
        agent.close();
        namespace.close();
    }
}
