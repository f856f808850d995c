package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The agent works with exactly the capabilities that it asks for, and says which one is missing.
 */
class CapabilitiesIT {
    private static final int PORT = 8088;
    private static TestingNamespaces namespaces;

    @BeforeAll
    static void start() throws Exception {
        namespaces = new TestingNamespaces();
        namespaces.start(namespaces.target, "python3", "-m", "http.server", Integer.toString(PORT));
    }

    @AfterAll
    static void stop() throws Exception {
        namespaces.close();
    }

    private static TestingAgent agentWith(String capabilities) throws Exception {
        List<String> program =
                new ArrayList<>(List.of("setpriv", "--bounding-set=-all," + capabilities));
        program.addAll(TestingAgent.java());
        return new TestingAgent(program, "--target-container-id", namespaces.containerId);
    }

    private static String get() throws Exception {
        try (Socket socket =
                namespaces.onClient(
                        () -> new Socket(InetAddress.getByName(TestingNamespaces.TARGET), PORT))) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String refusal(TestingAgent agent, String mode) throws Exception {
        return agent.subscribe(PORT, mode).refused.get(20, TimeUnit.SECONDS).text();
    }

    private static void takes(TestingAgent agent, String mode) throws Exception {
        TestingStream subscription = agent.subscribe(PORT, mode);
        subscription.accepted.get(20, TimeUnit.SECONDS);
        agent.refuseIncoming = mode.equals("steal") ? 111 : 0;
        assertThat(get()).startsWith("HTTP/1.0 200");
        TestingAgent.Incoming connection = agent.awaitIncoming();
        assertThat(connection.peer().getAddress().getHostAddress())
                .isEqualTo(TestingNamespaces.CLIENT);
        if (mode.equals("mirror")) {
            assertThat(new String(connection.recorded().awaitAll())).startsWith("GET / ");
        }
        agent.on(subscription, s -> s.end());
        subscription.awaitAll();
    }

    @Test
    void stealNeedsNetAdminOnly() throws Exception {
        try (TestingAgent agent = agentWith("+sys_admin,+sys_ptrace,+net_admin")) {
            takes(agent, "steal");
            assertThat(refusal(agent, "mirror")).contains("NET_RAW");
        }
    }

    @Test
    void mirrorNeedsNetRawOnly() throws Exception {
        try (TestingAgent agent = agentWith("+sys_admin,+sys_ptrace,+net_raw")) {
            takes(agent, "mirror");
            assertThat(refusal(agent, "steal")).contains("NET_ADMIN");
        }
    }

    @Test
    void theImageWorksReadOnlyWithTheFiveCapabilities() throws Exception {
        String name = "agent-it-" + namespaces.target;
        List<String> program =
                List.of(
                        "docker",
                        "run",
                        "--rm",
                        "--name",
                        name,
                        "--network",
                        "host",
                        "--pid",
                        "host",
                        "--read-only",
                        "--cap-drop",
                        "ALL",
                        "--cap-add",
                        "SYS_ADMIN",
                        "--cap-add",
                        "SYS_PTRACE",
                        "--cap-add",
                        "DAC_READ_SEARCH",
                        "--cap-add",
                        "NET_ADMIN",
                        "--cap-add",
                        "NET_RAW",
                        "mirrord-agent:0.1.0");
        try (TestingAgent agent =
                new TestingAgent(program, "--target-container-id", namespaces.containerId)) {
            takes(agent, "mirror");
            takes(agent, "steal");
            System.out.println(
                    "status " + new String(agent.query("status"), StandardCharsets.UTF_8));
        } finally {
            TestingNamespaces.run("docker", "rm", "-f", name);
        }
    }
}
