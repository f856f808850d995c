package dev.mirrord.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutgoingTcpIT {
    private static TestingSidecar sidecar;

    @BeforeAll
    static void start() throws Exception {
        sidecar = new TestingSidecar(TestingConfig.network("{}")).connected(8080);
    }

    @AfterAll
    static void stop() throws Exception {
        System.err.println(sidecar.log());
        sidecar.close();
    }

    private static String connect(String address, int port) throws Exception {
        return sidecar.namespace.python(
                """
                import socket,errno
                s=socket.socket(socket.AF_INET6 if ':' in '%1$s' else socket.AF_INET); s.settimeout(3)
                try:
                    s.connect(('%1$s',%2$d)); print('connected', s.getpeername()[0], s.getpeername()[1])
                except socket.timeout: print('timeout')
                except OSError as e: print(errno.errorcode[e.errno])
                """
                        .formatted(address, port));
    }

    @Test
    void aClosedPortIsRefused() throws Exception {
        assertThat(connect("10.1.1.1", TestingAgent.REFUSED)).isEqualTo("ECONNREFUSED");
    }

    @Test
    void anUnreachableHostIsUnreachable() throws Exception {
        assertThat(connect("10.1.1.1", TestingAgent.UNREACHABLE)).isEqualTo("EHOSTUNREACH");
        assertThat(connect("10.1.1.1", TestingAgent.NO_NETWORK)).isEqualTo("ENETUNREACH");
    }

    @Test
    void aFilteredPortIsATimeout() throws Exception {
        assertThat(connect("10.1.1.1", TestingAgent.SILENT)).isEqualTo("timeout");
        assertThat(sidecar.agent.asked.stream().filter(a -> a.getPort() == TestingAgent.SILENT))
                .as("a SYN that is sent again is not asked again")
                .hasSize(1);
    }

    @Test
    void dataGoesBothWaysAndHalfCloseArrives() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                """
                                import socket
                                s=socket.create_connection(('10.1.1.1',7),5)
                                d=b'x'*300000
                                import threading
                                threading.Thread(target=lambda:(s.sendall(d),s.shutdown(socket.SHUT_WR))).start()
                                n=b''
                                while True:
                                    b=s.recv(65536)
                                    if not b: break
                                    n+=b
                                print(len(n), n[-4:])
                                """))
                .isEqualTo("300004 b'END\\n'");
    }

    @Test
    void aServerThatSpeaksFirstIsHeard() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                "import socket\n"
                                        + "s=socket.create_connection(('10.1.1.1',22),5)\n"
                                        + "print(s.recv(10))"))
                .isEqualTo("b'hello\\n'");
    }

    @Test
    void aResetArrivesAsAReset() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                """
                                import socket
                                s=socket.create_connection(('10.1.1.1',85),5)
                                try: print(s.recv(10))
                                except ConnectionResetError: print('reset')
                                """))
                .isEqualTo("reset");
    }

    @Test
    void aLoopbackPortWithoutAListenerReachesTheTarget() throws Exception {
        assertThat(connect("127.0.0.1", 6379)).isEqualTo("connected 127.0.0.1 6379");
        assertThat(connect("127.0.0.1", 8080))
                .as("declared by the target")
                .isEqualTo("ECONNREFUSED");
        assertThat(connect("::1", 6379)).isEqualTo("connected ::1 6379");
        assertThat(connect(TestingSidecar.POD, 9999))
                .isEqualTo("connected " + TestingSidecar.POD + " 9999");
    }

    @Test
    void aLoopbackPortWithAListenerStaysLocal() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                """
                                import socket
                                l=socket.socket(); l.bind(('127.0.0.1',6380)); l.listen()
                                s=socket.create_connection(('127.0.0.1',6380),5)
                                c,a=l.accept(); c.sendall(b'local'); print(s.recv(10))
                                """))
                .isEqualTo("b'local'");
    }

    @Test
    void theEnginesHostStaysReachable() throws Exception {
        Process server =
                TestingNamespace.start(
                        sidecar.namespace.neighbour,
                        "/usr/bin/python3",
                        "-c",
                        "import socket\n"
                                + "l=socket.socket(); l.bind(('0.0.0.0',5000)); l.listen();"
                                + " print('up',flush=True); c,a=l.accept(); c.sendall(b'gateway"
                                + " '+a[0].encode())");
        server.getInputStream().read();
        assertThat(
                        sidecar.namespace.python(
                                "import socket\n"
                                        + "s=socket.create_connection(('10.99.7.1',5000),5)\n"
                                        + "print(s.recv(50))"))
                .isEqualTo("b'gateway 10.99.7.2'");
        server.destroyForcibly();
    }

    @Test
    void aPublishedPortAnswersToTheOneWhoAsked() throws Exception {
        Process app =
                TestingNamespace.start(
                        sidecar.namespace.app,
                        "/usr/bin/python3",
                        "-c",
                        "import socket\n"
                                + "l=socket.socket(); l.bind(('0.0.0.0',5005)); l.listen();"
                                + " print('up',flush=True); c,a=l.accept(); c.sendall(b'app to"
                                + " '+a[0].encode())");
        app.getInputStream().read();
        assertThat(
                        TestingNamespace.output(
                                TestingNamespace.start(
                                        sidecar.namespace.neighbour,
                                        "/usr/bin/python3",
                                        "-c",
                                        "import socket\n"
                                            + "s=socket.create_connection(('10.99.7.2',5005),5)\n"
                                            + "print(s.recv(50))"),
                                20))
                .isEqualTo("b'app to 10.99.7.1'");
        app.destroyForcibly();
    }
}
