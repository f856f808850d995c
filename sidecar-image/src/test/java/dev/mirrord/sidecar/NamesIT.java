package dev.mirrord.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NamesIT {
    private static final String ASK =
            """
            import socket,struct
            def ask(name,kind,server='10.96.0.10',tcp=False,id=7):
                q=struct.pack('>HHHHHH',id,256,1,0,0,0)+b''.join(bytes([len(l)])+l.encode() for l in name.split('.'))+b'\\0'+struct.pack('>HH',kind,1)
                if tcp:
                    s=socket.create_connection((server,53),5); s.sendall(struct.pack('>H',len(q))+q)
                    n=struct.unpack('>H',s.recv(2))[0]; a=s.recv(n)
                else:
                    s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(5); s.connect((server,53)); s.send(q); a=s.recv(2000)
                assert a[:2]==q[:2], a
                n=struct.unpack('>H',a[6:8])[0]
                return a[3]&15, n, '.'.join(str(b) for b in a[-4:]) if n else ''
            """;
    private static TestingSidecar sidecar;

    @BeforeAll
    static void start() throws Exception {
        sidecar = new TestingSidecar(TestingConfig.network("{}"));
        sidecar.agent.names.put("web.shop.svc.cluster.local", new byte[] {10, 96, 1, 1});
        sidecar.agent.names.put("six.example", new byte[16]);
        sidecar.connected();
    }

    @AfterAll
    static void stop() throws Exception {
        sidecar.close();
    }

    @Test
    void aNameOfTheClusterIsAnsweredOverUdpAndTcp() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                ASK
                                        + """
                                        n='web.shop.svc.cluster.local'
                                        print(ask(n,1), ask(n,1,tcp=True), ask('WEB.shop.svc.cluster.local',1,id=9), ask('nobody.example',1))
                                        """))
                .isEqualTo(
                        "(0, 1, '10.96.1.1') (0, 1, '10.96.1.1') (0, 1, '10.96.1.1') (3, 0, '')");
        assertThat(
                        sidecar.agent.queries.stream()
                                .filter(query -> query.equals("web.shop.svc.cluster.local 1")))
                .as("the second and third come from the cache")
                .hasSize(1);
    }

    @Test
    void addressesOfIpv6AreWithheldWhereTheTargetHasNone() throws Exception {
        assertThat(sidecar.namespace.python(ASK + "print(ask('six.example',28))"))
                .isEqualTo("(0, 0, '')");
    }

    @Test
    void theEnginesOwnResolverHearsThatNobodyKnowsMore() throws Exception {
        assertThat(
                        sidecar.namespace.python(
                                ASK
                                        + "print(ask('web.shop.svc.cluster.local',1,server='127.0.0.153'),"
                                        + " ask('x',1,server='127.0.0.153',tcp=True))"))
                .isEqualTo("(3, 0, '') (3, 0, '')");
    }

    @Test
    void resolvConfAndHostsAreTheTargets() throws Exception {
        assertThat(Files.readString(sidecar.directory.resolve("etc/resolv.conf")))
                .isEqualTo(
                        """
                        nameserver 10.96.0.10
                        search shop.svc.cluster.local svc.cluster.local
                        options ndots:5
                        """);
        assertThat(Files.readString(sidecar.directory.resolve("etc/hosts")))
                .contains("10.99.7.77\tadded", "10.244.9.9\tweb-1", "10.1.2.3\talias")
                .doesNotContain(TestingNamespace.APP);
    }
}
