package dev.mirrord.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutgoingUdpIT {
    private static TestingSidecar sidecar;

    @BeforeAll
    static void start() throws Exception {
        sidecar = new TestingSidecar(TestingConfig.network("{}"));
        sidecar.agent.target =
                sidecar.agent.target.replace(
                        "\"addresses\":[\"" + TestingSidecar.POD + "\"",
                        "\"addresses\":[\"fd00:1::9\",\"" + TestingSidecar.POD + "\"");
        sidecar.connected();
    }

    @AfterAll
    static void stop() throws Exception {
        sidecar.close();
    }

    @Test
    void anUnconnectedSocketHearsEveryPeerByItsAddress() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                """
                                import socket
                                s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(5)
                                s.sendto(b'one',('10.1.1.1',5000)); s.sendto(b'two',('10.1.1.2',6000))
                                print(sorted(s.recvfrom(100) for i in range(4)))
                                """))
                .isEqualTo(
                        "[(b'from elsewhere', ('10.1.1.1', 5001)), (b'from elsewhere', ('10.1.1.2',"
                                + " 6001)), (b'one', ('10.1.1.1', 5000)), (b'two', ('10.1.1.2',"
                                + " 6000))]");
    }

    @Test
    void aConnectedSocketHearsItsPeerAlone() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                """
                                import socket
                                s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(5)
                                s.connect(('10.1.1.1',5000))
                                for i in range(3):
                                    s.send(b'x'*i*600); print(len(s.recv(2000)), end=' ')
                                """))
                .isEqualTo("0 600 1200");
    }

    @Test
    void anAnswerToAPeerThatSpokeUnaskedGoesThere() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                """
                                import socket
                                s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(5)
                                s.sendto(b'one',('10.1.1.1',7000)); s.recvfrom(100)
                                d,a=s.recvfrom(100); s.sendto(b'back',a); print(s.recvfrom(100))
                                """))
                .isEqualTo("(b'back', ('10.1.1.1', 7001))");
    }

    @Test
    void ipv6Works() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                """
                                import socket
                                s=socket.socket(socket.AF_INET6,socket.SOCK_DGRAM); s.settimeout(5)
                                s.sendto(b'six',('fd00:2::1',5000)); print(s.recvfrom(100)[:2])
                                t=socket.create_connection(('fd00:2::1',7),5); t.sendall(b'x'); print(t.recv(1), t.getsockname()[0])
                                """))
                .isEqualTo("(b'six', ('fd00:2::1', 5000, 0, 0))\nb'x' fd00:1::9");
    }

    @Test
    void aConnectedSocketIsToldOfAClosedPort() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                """
                                import errno,socket
                                for family, peer in ((socket.AF_INET,'10.1.1.1'), (socket.AF_INET6,'fd00:2::1')):
                                    for bound in (False, True):
                                        s=socket.socket(family,socket.SOCK_DGRAM); s.settimeout(5)
                                        if bound: s.bind(('',4444))
                                        s.connect((peer,81)); s.send(b'x')
                                        try: print(s.recv(100))
                                        except OSError as e: print(errno.errorcode[e.errno])
                                """))
                .isEqualTo("ECONNREFUSED\nECONNREFUSED\nECONNREFUSED\nECONNREFUSED");
    }

    @Test
    void anUnconnectedSocketIsNotDisturbedByAClosedPort() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                """
                                import socket
                                s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(5)
                                s.sendto(b'x',('10.1.1.1',81)); s.sendto(b'one',('10.1.1.1',5000))
                                print(s.recvfrom(100))
                                """))
                .isEqualTo("(b'one', ('10.1.1.1', 5000))");
    }
}
