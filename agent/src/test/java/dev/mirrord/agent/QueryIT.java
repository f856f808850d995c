package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tls.SessionIdentity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Questions about the target, name resolution, and the life of the agent. */
class QueryIT {
    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "LARGE_1",
                    "x".repeat(100_000),
                    "LARGE_2",
                    "y".repeat(100_000),
                    "LINES",
                    "one\ntwo\n",
                    "EMPTY",
                    "");
    private static TestingNamespaces namespaces;
    private static TestingAgent agent;

    @BeforeAll
    static void start() throws Exception {
        namespaces = new TestingNamespaces(ENVIRONMENT);
        namespaces.start(
                namespaces.target,
                "dnsmasq",
                "--no-daemon",
                "--no-resolv",
                "--no-hosts",
                "--conf-file=/dev/null",
                "--listen-address=127.0.0.1",
                "--bind-interfaces",
                "--address=/known.test/10.9.8.7",
                "--txt-record=big.test,"
                        + "a".repeat(250)
                        + ","
                        + "b".repeat(250)
                        + ","
                        + "c".repeat(250)
                        + ","
                        + "d".repeat(250)
                        + ","
                        + "e".repeat(250)
                        + ","
                        + "f".repeat(250));
        agent = TestingAgent.of(namespaces);
    }

    @AfterAll
    static void stop() throws Exception {
        agent.close();
        namespaces.close();
    }

    @Test
    void theEnvironmentIsTheTargetsByteForByte() throws Exception {
        String all = new String(agent.query("environment"), StandardCharsets.UTF_8);
        List<String> variables = Arrays.asList(all.split("\0"));
        ENVIRONMENT.forEach((name, value) -> assertThat(variables).contains(name + "=" + value));
    }

    @Test
    void theTargetIsDescribed() throws Exception {
        try (ServerSocket server = namespaces.onTarget(() -> new ServerSocket(0))) {
            JsonNode facts = new ObjectMapper().readTree(agent.query("target"));
            assertThat(facts.path("hostname").asText()).isEqualTo("target-host");
            assertThat(facts.path("resolvConf").asText()).contains("search test");
            assertThat(facts.path("hosts").asText()).contains("from-hosts");
            assertThat(facts.path("addresses").toString())
                    .isEqualTo("[\"10.211.7.2\",\"fd00:211:7:0:0:0:0:2\"]");
            assertThat(facts.path("listening").toString())
                    .contains(Integer.toString(server.getLocalPort()));
            assertThat(facts.path("pid").asLong()).isEqualTo(namespaces.targetPid());
        }
    }

    @Test
    void portsOfTheContainerAreToldFromThoseOfThePod() throws Exception {
        namespaces.startInTargetContainer("python3", "-m", "http.server", "8099");
        try (ServerSocket ofAnother = namespaces.onTarget(() -> new ServerSocket(0))) {
            JsonNode facts;
            do {
                facts = new ObjectMapper().readTree(agent.query("target"));
            } while (!facts.path("listening").toString().contains("8099"));
            assertThat(facts.path("listening").toString())
                    .contains(Integer.toString(ofAnother.getLocalPort()));
            assertThat(facts.path("ownListening").toString()).isEqualTo("[8099]");
        }
    }

    @Test
    void namesAreResolvedByTheTargetsServers() throws Exception {
        TestingStream dns = agent.open(StreamKind.DNS, Unpooled.EMPTY_BUFFER);
        agent.on(dns, s -> s.writeMessage(question(7, "known.test", 1)));
        agent.on(dns, s -> s.writeMessage(question(7, "known.test", 1)));
        for (int i = 0; i < 2; i++) {
            ByteBuf answer = Unpooled.wrappedBuffer(dns.awaitMessage());
            assertThat(answer.getUnsignedShort(0)).isEqualTo(7);
            assertThat(answer.getInt(answer.writerIndex() - 4)).isEqualTo(0x0a090807);
        }
        agent.on(dns, s -> s.writeMessage(question(9, "big.test", 16)));
        ByteBuf big = Unpooled.wrappedBuffer(dns.awaitMessage());
        assertThat(big.getUnsignedShort(0)).isEqualTo(9);
        assertThat(big.getUnsignedShort(2) & 0x0200).as("truncated").isZero();
        assertThat(big.readableBytes()).isGreaterThan(1500);
    }

    private static ByteBuf question(int id, String name, int type) {
        ByteBuf query = Unpooled.buffer();
        query.writeShort(id).writeShort(0x0100).writeShort(1).writeZero(6);
        for (String label : name.split("\\.")) {
            query.writeByte(label.length()).writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        return query.writeByte(0).writeShort(type).writeShort(1);
    }

    @Test
    void anUnknownQueryIsRefused() throws Exception {
        TestingStream stream =
                agent.open(StreamKind.QUERY, TestingAgent.text("{\"type\":\"nonsense\"}"));
        assertThat(stream.refused.get(20, TimeUnit.SECONDS).text()).contains("nonsense");
    }

    @Test
    void anotherKeyDoesNotGetIn() {
        Assertions.assertThatThrownBy(() -> agent.connect(SessionIdentity.generate("stranger")))
                .isInstanceOf(ExecutionException.class);
    }

    @Test
    void theEndOfTheTargetEndsTheAgent() throws Exception {
        try (TestingNamespaces shortLived = new TestingNamespaces();
                TestingAgent watching = TestingAgent.of(shortLived)) {
            ProcessHandle.of(shortLived.targetPid()).orElseThrow().destroyForcibly();
            assertThat(watching.closed.get(20, TimeUnit.SECONDS))
                    .isEqualTo("the target container ended");
            assertThat(watching.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(watching.process.exitValue()).isZero();
        }
    }

    @Test
    void anAgentWithoutClientEnds() throws Exception {
        try (TestingAgent left =
                new TestingAgent(
                        TestingAgent.java(), "--targetless", "--communication-timeout", "5")) {
            left.tunnel.channel().close().sync();
            assertThat(left.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(left.process.exitValue()).isZero();
        }
    }

    @Test
    void aTargetThatIsNotThereIsSaid() throws Exception {
        Process process =
                TestingAgent.start(
                        TestingAgent.java(),
                        SessionIdentity.generate("test").fingerprint(),
                        "--target-container-id",
                        "0123456789abcdef");
        String line = process.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(line).startsWith("{\"mirrord\":\"failed\"").contains("0123456789abcdef");
        assertThat(process.waitFor()).isEqualTo(1);
    }
}
