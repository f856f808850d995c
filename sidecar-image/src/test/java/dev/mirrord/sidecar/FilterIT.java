package dev.mirrord.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the configuration keeps on the user's machine leaves by the container's own network. */
@Timeout(60)
class FilterIT {
    private static final String TCP_SERVER =
            "import socket\n"
                    + "l=socket.socket(); l.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1);"
                    + " l.bind(('10.99.7.1',7)); l.listen(); print('up',flush=True)\n"
                    + "while True:\n"
                    + " c,a=l.accept(); c.sendall(b'neighbour'); c.close()";
    private static final String UDP_SERVER =
            "import socket\n"
                    + "s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.bind(('10.99.7.1',7));"
                    + " print('up',flush=True)\n"
                    + "while True:\n"
                    + " d,a=s.recvfrom(99); s.sendto(b'neighbour',a)";
    private static final String TCP_CLIENT =
            """
            import socket,errno
            def tcp(a):
                s=socket.socket(); s.settimeout(3)
                try:
                    s.connect((a,7)); s.shutdown(1); print(s.recv(20))
                except OSError as e: print(e)
            def udp(a):
                s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(2); s.sendto(b'x',(a,7))
                try: print(s.recv(20))
                except OSError as e: print(e)
            """;

    private static Process serve(TestingSidecar sidecar, String program) throws Exception {
        Process server =
                TestingNamespace.start(
                        sidecar.namespace.neighbour, "/usr/bin/python3", "-c", program);
        server.getInputStream().read();
        return server;
    }

    /** Another address of the neighbour, so that it is not the gateway's own. */
    private static void addSecondAddress(TestingSidecar sidecar) throws Exception {
        TestingNamespace.in(sidecar.namespace.neighbour, "ip addr add 10.99.8.1/24 dev eth0; true");
    }

    @Test
    void aFilterLetsSomeDestinationsLeaveLocally() throws Exception {
        try (TestingSidecar sidecar =
                new TestingSidecar(
                        TestingConfig.network(
                                "{\"outgoing\":{\"filter\":{\"local\":[\"10.99.8.0/24\"]}}}"))) {
            addSecondAddress(sidecar);
            sidecar.connected();
            Process tcp = serve(sidecar, TCP_SERVER.replace("10.99.7.1", "10.99.8.1"));
            Process udp = serve(sidecar, UDP_SERVER.replace("10.99.7.1", "10.99.8.1"));
            assertThat(
                            sidecar.namespace.python(
                                    TCP_CLIENT
                                            + "tcp('10.99.8.1'); tcp('10.1.1.1'); udp('10.99.8.1');"
                                            + " udp('10.1.1.1')"))
                    .isEqualTo("b'neighbour'\nb'END\\n'\nb'neighbour'\nb'x'");
            tcp.destroyForcibly();
            udp.destroyForcibly();
        }
    }

    @Test
    void outgoingTrafficThatIsTurnedOffLeavesLocally() throws Exception {
        try (TestingSidecar sidecar =
                new TestingSidecar(
                        TestingConfig.network(
                                "{\"outgoing\":{\"tcp\":false,\"udp\":false},\"dns\":false}"))) {
            addSecondAddress(sidecar);
            sidecar.connected();
            Process tcp = serve(sidecar, TCP_SERVER.replace("10.99.7.1", "10.99.8.1"));
            Process udp = serve(sidecar, UDP_SERVER.replace("10.99.7.1", "10.99.8.1"));
            assertThat(sidecar.namespace.python(TCP_CLIENT + "tcp('10.99.8.1'); udp('10.99.8.1')"))
                    .isEqualTo("b'neighbour'\nb'neighbour'");
            assertThat(Files.readString(sidecar.directory.resolve("etc/resolv.conf")))
                    .as("the engine's stays")
                    .isEqualTo("nameserver 127.0.0.153\n");
            assertThat(sidecar.agent.asked).isEmpty();
            tcp.destroyForcibly();
            udp.destroyForcibly();
        }
    }

    @Test
    void ignoreLocalhostKeepsLoopbackInTheContainer() throws Exception {
        try (TestingSidecar sidecar =
                new TestingSidecar(
                        TestingConfig.network("{\"outgoing\":{\"ignore_localhost\":true}}"))) {
            sidecar.connected();
            assertThat(sidecar.namespace.python(TCP_CLIENT + "tcp('127.0.0.1')"))
                    .contains("Connection refused");
            assertThat(sidecar.agent.asked).isEmpty();
        }
    }

    @Test
    void neighboursOnTheUsersDockerNetworkStayReachable() throws Exception {
        try (TestingSidecar sidecar = new TestingSidecar(TestingConfig.network("{}"), "mynet")) {
            TestingNamespace.in(sidecar.namespace.neighbour, "ip addr add 10.99.7.9/24 dev eth0");
            sidecar.connected();
            Process tcp = serve(sidecar, TCP_SERVER.replace("10.99.7.1", "10.99.7.9"));
            assertThat(sidecar.namespace.python(TCP_CLIENT + "tcp('10.99.7.9'); tcp('10.1.1.1')"))
                    .isEqualTo("b'neighbour'\nb'END\\n'");
            tcp.destroyForcibly();
        }
    }

    @Test
    void withoutTheSidecarNothingLeaks() throws Exception {
        try (TestingSidecar sidecar = new TestingSidecar(TestingConfig.network("{}"))) {
            addSecondAddress(sidecar);
            sidecar.connected();
            Process tcp = serve(sidecar, TCP_SERVER.replace("10.99.7.1", "10.99.8.1"));
            sidecar.process.destroyForcibly().waitFor();
            assertThat(sidecar.namespace.python(TCP_CLIENT + "tcp('10.99.8.1')"))
                    .contains("Connection refused");
            tcp.destroyForcibly();
        }
    }
}
