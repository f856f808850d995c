package dev.mirrord.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams of the target's clients reach the app in their name; its answers go back to them. */
@Timeout(90)
class IncomingUdpIT {
    private static final String POD6 = "fd00:1::9";
    private static final InetSocketAddress PEER = new InetSocketAddress("10.244.0.77", 40123);
    private static final InetSocketAddress PEER6 = new InetSocketAddress("fd00:1::77", 40123);
    private static final InetSocketAddress ORIGINAL = new InetSocketAddress(TestingSidecar.POD, 53);
    private static final InetSocketAddress ORIGINAL6 = new InetSocketAddress(POD6, 53);
    private static final int MIRROR = 1;
    private static final int STEAL = 2;

    private TestingSidecar sidecar;

    @BeforeEach
    void start() throws Exception {
        sidecar =
                new TestingSidecar(
                        TestingConfig.network(
                                "{\"incoming\":{\"mode\":\"steal\",\"ignore_ports\":[9999],"
                                    + "\"port_mapping\":[[5353,53],[40000,4000]],"
                                    + "\"http_filter\":{\"path_filter\":\"/x\",\"ports\":[8443]}}}"));
        sidecar.agent.target =
                sidecar.agent.target.replace("\"addresses\":[", "\"addresses\":[\"" + POD6 + "\",");
        sidecar.connected();
    }

    @AfterEach
    void stop() throws Exception {
        sidecar.close();
    }

    /** Says of each datagram what it was, from whom and to which address; "late" a second time. */
    private Process serve(String address, int port) throws Exception {
        Process server =
                TestingNamespace.start(
                        sidecar.namespace.app,
                        "/usr/bin/python3",
                        "-c",
                        """
                        import socket, sys, threading
                        six=':' in '%1$s'
                        s=socket.socket(socket.AF_INET6 if six else socket.AF_INET,socket.SOCK_DGRAM)
                        s.bind(('%1$s',%2$d)); print('up',flush=True)
                        while True:
                            d,a=s.recvfrom(70000)
                            s.sendto(('%%s %%s %%s' %% (d.decode(),a[0],a[1])).encode(),a)
                            if d==b'late': threading.Timer(2,lambda: s.sendto(b'too late',a)).start()
                        """
                                .formatted(address, port));
        server.getInputStream().read();
        return server;
    }

    private static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.onSpinWait();
        }
    }

    private void awaitSubscribed(int port, boolean wanted) {
        await(() -> sidecar.agent.subscribedUdp.containsKey(port) == wanted);
    }

    private static String answer(TestingAgent.Datagrams flow) throws Exception {
        return flow.answers.poll(10, TimeUnit.SECONDS);
    }

    private JsonNode summary() throws Exception {
        sidecar.send(JsonNodeFactory.instance.objectNode().put("type", "end"));
        return sidecar.await("summary");
    }

    @Test
    void theAppSeesTheTruePeerAndItsAnswersGoBack() throws Exception {
        Process app = serve("0.0.0.0", 5353);
        awaitSubscribed(53, true);
        assertThat(sidecar.agent.subscribedUdp).containsEntry(53, "steal");
        TestingAgent.Datagrams flow = sidecar.agent.datagrams(STEAL, 53, PEER, ORIGINAL, "one");
        assertThat(answer(flow)).isEqualTo("one 10.244.0.77 40123");
        flow.send("");
        flow.send("x".repeat(9000));
        assertThat(answer(flow)).isEqualTo(" 10.244.0.77 40123");
        assertThat(answer(flow)).startsWith("xxx").hasSize(9000 + 18);
        app.destroyForcibly().waitFor();
        awaitSubscribed(53, false);
        assertThat(summary().path("stolenDatagrams").asInt()).isEqualTo(3);
    }

    @Test
    void everyKindOfSocketIsMet() throws Exception {
        Process six = serve("::", 6001);
        Process loopback = serve("127.0.0.1", 6002);
        Process loopback6 = serve("::1", 6003);
        Process pod = serve(TestingSidecar.POD, 6004);
        awaitSubscribed(6004, true);
        awaitSubscribed(6001, true);
        assertThat(answer(sidecar.agent.datagrams(STEAL, 6001, PEER6, ORIGINAL6, "a")))
                .isEqualTo("a fd00:1::77 40123");
        assertThat(answer(sidecar.agent.datagrams(STEAL, 6001, PEER, ORIGINAL, "b")))
                .isEqualTo("b ::ffff:10.244.0.77 40123");
        assertThat(answer(sidecar.agent.datagrams(STEAL, 6002, PEER, ORIGINAL, "c")))
                .startsWith("c 127.0.0.1 ");
        assertThat(answer(sidecar.agent.datagrams(STEAL, 6003, PEER6, ORIGINAL6, "d")))
                .startsWith("d ::1 ");
        assertThat(answer(sidecar.agent.datagrams(STEAL, 6004, PEER, ORIGINAL, "e")))
                .isEqualTo("e 10.244.0.77 40123");
        for (Process each : new Process[] {six, loopback, loopback6, pod}) {
            each.destroyForcibly().waitFor();
        }
    }

    /** Neither in the flow nor, when it is over, as traffic of the app's own. */
    @Test
    void answersToACopyGoNowhere() throws Exception {
        Process app = serve("0.0.0.0", 5353);
        awaitSubscribed(53, true);
        TestingAgent.Datagrams flow = sidecar.agent.datagrams(MIRROR, 53, PEER, ORIGINAL, "late");
        await(
                () -> {
                    try {
                        return sidecar.namespace.inApp("ss -unH").contains("10.244.0.77");
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
        flow.end();
        // What leaves to somebody else afterwards shows that all before has been dealt with.
        assertThat(
                        sidecar.namespace.python(
                                """
                                import socket, time
                                time.sleep(3)
                                s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(5)
                                s.sendto(b'one',('10.1.1.1',5000)); print(s.recvfrom(100)[1])
                                """))
                .contains("10.1.1.1");
        assertThat(sidecar.agent.askedUdp).isNotEmpty().doesNotContain(PEER);
        assertThat(flow.answers).isEmpty();
        app.destroyForcibly().waitFor();
        assertThat(summary().path("mirroredDatagrams").asInt()).isOne();
    }

    @Test
    void clientsSocketsAndOthersAreNotSubscribed() throws Exception {
        Process client =
                TestingNamespace.start(
                        sidecar.namespace.app,
                        "/usr/bin/python3",
                        "-c",
                        """
                        import socket, time
                        s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.bind(('',0))
                        t=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); t.sendto(b'x',('10.1.1.1',5000))
                        u=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); u.bind(('',7001)); u.connect(('10.1.1.1',5000))
                        print('up',flush=True); time.sleep(1000)
                        """);
        client.getInputStream().read();
        Process ignored = serve("0.0.0.0", 9999);
        Process filtered = serve("0.0.0.0", 8443);
        Process named = serve("0.0.0.0", 40000);
        awaitSubscribed(4000, true);
        assertThat(sidecar.agent.subscribedUdp).containsOnlyKeys(4000);
        assertThat(sidecar.await("notice").path("text").asText())
                .startsWith("UDP port 8443 stays with the target: an HTTP filter cannot judge")
                .endsWith("leave the port out of feature.network.incoming.http_filter.ports");
        for (Process each : new Process[] {client, ignored, filtered, named}) {
            each.destroyForcibly().waitFor();
        }
    }

    @Test
    void aPortThatNobodyServesIsRefused() throws Exception {
        assertThat(
                        sidecar.agent
                                .datagrams(STEAL, 8099, PEER, ORIGINAL, "x")
                                .over
                                .get(10, TimeUnit.SECONDS))
                .isEqualTo(111);
    }

    @Test
    void whatTheAppHasNoRoomForIsCounted() throws Exception {
        Process deaf =
                TestingNamespace.start(
                        sidecar.namespace.app,
                        "/usr/bin/python3",
                        "-c",
                        "import socket,time; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);"
                                + " s.bind(('',5353)); print('up',flush=True); time.sleep(1000)");
        deaf.getInputStream().read();
        awaitSubscribed(53, true);
        TestingAgent.Datagrams flow = sidecar.agent.datagrams(MIRROR, 53, PEER, ORIGINAL, "first");
        int burst = 10_000;
        for (int i = 1; i < burst; i++) {
            flow.send("x".repeat(512));
        }
        JsonNode counted = summaryOf(burst);
        assertThat(counted.path("lostDatagrams").asInt()).isBetween(burst / 2, burst - 1);
        deaf.destroyForcibly().waitFor();
    }

    /** The summary, once the app's socket was given so many datagrams and its losses are seen. */
    private JsonNode summaryOf(int datagrams) throws Exception {
        await(() -> dropped() > datagrams / 2);
        long before = -1;
        for (long now = dropped(); now != before; now = dropped()) {
            before = now;
            // Longer than the sidecar's look at the sockets takes.
            TestingNamespace.in(sidecar.namespace.app, "sleep 0.5");
        }
        JsonNode summary = summary();
        assertThat(summary.path("mirroredDatagrams").asInt()).isEqualTo(datagrams);
        assertThat(summary.path("lostDatagrams").asLong()).isEqualTo(before);
        return summary;
    }

    private long dropped() {
        try {
            String line =
                    sidecar.namespace
                            .inApp("grep \": 00000000:14E9 \" /proc/net/udp || true")
                            .strip();
            return line.isEmpty() ? 0 : Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
