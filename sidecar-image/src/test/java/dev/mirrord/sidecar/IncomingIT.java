package dev.mirrord.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.protocol.tunnel.Tunnel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IncomingIT {
    private static final InetSocketAddress PEER = new InetSocketAddress("10.244.0.77", 40123);
    private static final InetSocketAddress ORIGINAL = new InetSocketAddress(TestingSidecar.POD, 80);
    private static TestingSidecar sidecar;

    @BeforeAll
    static void start() throws Exception {
        sidecar =
                new TestingSidecar(
                        TestingConfig.network(
                                "{\"incoming\":{\"mode\":\"steal\",\"ignore_ports\":[9999],\"port_mapping\":[[8080,80]]}}"));
        sidecar.connected();
    }

    @AfterAll
    static void stop() throws Exception {
        sidecar.close();
    }

    private static Process serve(String address, int port) throws Exception {
        Process server =
                TestingNamespace.start(
                        sidecar.namespace.app,
                        "/usr/bin/python3",
                        "-c",
                        """
                        import socket
                        l=socket.socket(socket.AF_INET6 if ':' in '%1$s' else socket.AF_INET); l.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1)
                        l.bind(('%1$s',%2$d)); l.listen(); print('up',flush=True)
                        while True:
                            c,a=l.accept(); d=b''
                            while True:
                                b=c.recv(100)
                                if not b: break
                                d+=b
                            c.sendall(('%%s %%s %%s %%s' %% (d.decode(),a[0],a[1],c.getsockname()[0])).encode()); c.close()
                        """
                                .formatted(address, port));
        server.getInputStream().read();
        return server;
    }

    private static void awaitSubscribed(int port, boolean wanted) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (sidecar.agent.subscribed.containsKey(port) != wanted) {
            assertThat(System.nanoTime()).as("port " + port + " " + wanted).isLessThan(until);
            Thread.onSpinWait();
        }
    }

    @Test
    void theAppSeesTheTruePeerAndAnswersIt() throws Exception {
        Process app = serve("0.0.0.0", 8080);
        awaitSubscribed(80, true);
        assertThat(sidecar.agent.subscribed).containsEntry(80, "steal");
        assertThat(sidecar.agent.incoming(2, 80, PEER, ORIGINAL, "hi").get(10, TimeUnit.SECONDS))
                .isEqualTo("hi 10.244.0.77 40123 " + TestingSidecar.POD);
        app.destroyForcibly().waitFor();
        awaitSubscribed(80, false);
    }

    @Test
    void aNewListenerIsSubscribedWithinATenthOfASecond() throws Exception {
        long best = Long.MAX_VALUE;
        for (int port = 8090; port < 8095; port++) {
            Process app = serve("0.0.0.0", port);
            long listening = System.nanoTime();
            awaitSubscribed(port, true);
            best = Math.min(best, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - listening));
            app.destroyForcibly().waitFor();
        }
        assertThat(best).isLessThanOrEqualTo(100);
    }

    @Test
    void aMirroredConnectionReachesTheAppAndItsAnswerIsDropped() throws Exception {
        Process app = serve("::", 8081);
        awaitSubscribed(8081, true);
        assertThat(
                        sidecar.agent
                                .incoming(1, 8081, PEER, ORIGINAL, "copy")
                                .get(10, TimeUnit.SECONDS))
                .isEmpty();
        assertThat(sidecar.agent.incoming(2, 8081, PEER, ORIGINAL, "x").get(10, TimeUnit.SECONDS))
                .startsWith("x ::ffff:10.244.0.77 ");
        app.destroyForcibly().waitFor();
    }

    @Test
    void aListenerOnLoopbackIsServedFromLoopback() throws Exception {
        Process app = serve("127.0.0.1", 8082);
        awaitSubscribed(8082, true);
        assertThat(sidecar.agent.incoming(2, 8082, PEER, ORIGINAL, "x").get(10, TimeUnit.SECONDS))
                .startsWith("x 127.0.0.1 ");
        app.destroyForcibly().waitFor();
    }

    @Test
    void aListenerOnThePodsAddressIsMetThere() throws Exception {
        Process app = serve(TestingSidecar.POD, 8085);
        awaitSubscribed(8085, true);
        // A port that no other test's connection may still hold.
        InetSocketAddress peer = new InetSocketAddress("10.244.0.78", 40124);
        assertThat(sidecar.agent.incoming(2, 8085, peer, ORIGINAL, "x").get(10, TimeUnit.SECONDS))
                .isEqualTo("x 10.244.0.78 40124 " + TestingSidecar.POD);
        app.destroyForcibly().waitFor();
    }

    @Test
    void aListenerOnIpv6LoopbackIsServedFromThere() throws Exception {
        Process app = serve("::1", 8086);
        awaitSubscribed(8086, true);
        assertThat(sidecar.agent.incoming(2, 8086, PEER, ORIGINAL, "x").get(10, TimeUnit.SECONDS))
                .startsWith("x ::1 ");
        app.destroyForcibly().waitFor();
    }

    @Test
    void aPortIsReleasedWithinATenthOfASecond() throws Exception {
        long best = Long.MAX_VALUE;
        for (int port = 8195; port < 8200; port++) {
            Process app = serve("0.0.0.0", port);
            awaitSubscribed(port, true);
            app.destroyForcibly().waitFor();
            long closed = System.nanoTime();
            awaitSubscribed(port, false);
            best = Math.min(best, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - closed));
        }
        assertThat(best).isLessThanOrEqualTo(100);
    }

    @Test
    void aPortThatNobodyServesIsRefused() throws Exception {
        assertThat(sidecar.agent.incoming(2, 8099, PEER, ORIGINAL, "x").get(10, TimeUnit.SECONDS))
                .isEqualTo("refused 111");
    }

    @Test
    void ignoredPortsAndDebuggersAreNotTaken() throws Exception {
        Process ignored = serve("0.0.0.0", 9999);
        Process debugger = serve("0.0.0.0", 5005);
        Process taken = serve("0.0.0.0", 8083);
        awaitSubscribed(8083, true);
        assertThat(sidecar.agent.subscribed).doesNotContainKeys(9999, 5005);
        for (Process each : new Process[] {ignored, debugger, taken}) {
            each.destroyForcibly().waitFor();
        }
    }

    @Test
    void aLostTunnelsSubscriptionMovesToAnother() throws Exception {
        Process app = serve("0.0.0.0", 8084);
        awaitSubscribed(8084, true);
        sidecar.agent.subscribed.clear();
        List<Tunnel> lost = List.copyOf(sidecar.agent.tunnels);
        lost.forEach(tunnel -> tunnel.channel().close().syncUninterruptibly());
        awaitSubscribed(8084, true);
        assertThat(sidecar.agent.incoming(2, 8084, PEER, ORIGINAL, "x").get(10, TimeUnit.SECONDS))
                .startsWith("x 10.244.0.77");
        app.destroyForcibly().waitFor();
    }
}
