package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.protocol.AddressCodec;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.UdpMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Outgoing connections and datagrams of the app leave from the target's namespace. */
class OutgoingIT {
    private static TestingNamespaces namespaces;
    private static TestingAgent agent;

    @BeforeAll
    static void start() throws Exception {
        namespaces = new TestingNamespaces();
        agent = TestingAgent.of(namespaces);
    }

    @AfterAll
    static void stop() throws Exception {
        agent.close();
        namespaces.close();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static ServerSocket serverOnTarget(String address) throws Exception {
        return namespaces.onTarget(() -> new ServerSocket(0, 50, InetAddress.getByName(address)));
    }

    @Test
    void aConnectionToTheTargetsLoopbackCarriesHalfCloses() throws Exception {
        for (String address : new String[] {"127.0.0.1", "::1"}) {
            try (ServerSocket server = serverOnTarget(address)) {
                TestingStream stream = agent.connectTcp(address, server.getLocalPort());
                agent.on(stream, s -> s.write(TestingAgent.text("early ")));
                try (Socket socket = server.accept()) {
                    stream.accepted.get(20, TimeUnit.SECONDS);
                    agent.on(stream, s -> s.write(TestingAgent.text("late")));
                    agent.on(stream, s -> s.end());
                    assertThat(text(socket.getInputStream().readAllBytes()))
                            .isEqualTo("early late");
                    socket.getOutputStream()
                            .write("answer after end".getBytes(StandardCharsets.UTF_8));
                }
                assertThat(text(stream.awaitAll())).isEqualTo("answer after end");
            }
        }
    }

    @Test
    void theClientSeesTheTargetsAddress() throws Exception {
        try (ServerSocket server =
                namespaces.onClient(
                        () ->
                                new ServerSocket(
                                        0, 50, InetAddress.getByName(TestingNamespaces.CLIENT)))) {
            TestingStream stream =
                    agent.connectTcp(TestingNamespaces.CLIENT, server.getLocalPort());
            try (Socket socket = server.accept()) {
                assertThat(socket.getInetAddress().getHostAddress())
                        .isEqualTo(TestingNamespaces.TARGET);
                InetSocketAddress used =
                        AddressCodec.read(
                                Unpooled.wrappedBuffer(stream.accepted.get(20, TimeUnit.SECONDS)));
                assertThat(used.getPort()).isEqualTo(socket.getPort());
            }
        }
    }

    @Test
    void aClosedPortIsRefused() throws Exception {
        assertThat(errno("127.0.0.1", 1)).isEqualTo(111);
        assertThat(errno("::1", 1)).isEqualTo(111);
        assertThat(errno(TestingNamespaces.CLIENT, 1)).isEqualTo(111);
    }

    @Test
    void aNetworkWithoutRouteIsUnreachable() throws Exception {
        assertThat(errno("10.77.77.77", 80)).isEqualTo(101);
        assertThat(errno("fd00:77::1", 80)).isEqualTo(101);
    }

    @Test
    void anAbsentNeighbourIsNoRouteToHost() throws Exception {
        assertThat(errno("10.211.7.99", 80)).isEqualTo(113);
    }

    @Test
    void aFilteredPortTimesOut() throws Exception {
        namespaces.runIn(
                namespaces.client,
                "nft",
                "table inet f { chain i { type filter hook input priority 0; tcp dport 81 drop; };"
                        + " }");
        assertThat(errno(TestingNamespaces.CLIENT, 81)).isEqualTo(110);
    }

    private static int errno(String address, int port) throws Exception {
        return agent.connectTcp(address, port).refused.get(30, TimeUnit.SECONDS).errno();
    }

    @Test
    void aResetGoesThroughBothWays() throws Exception {
        try (ServerSocket server = serverOnTarget("127.0.0.1")) {
            TestingStream byServer = agent.connectTcp("127.0.0.1", server.getLocalPort());
            try (Socket socket = server.accept()) {
                byServer.accepted.get(20, TimeUnit.SECONDS);
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            assertThat(byServer.reset.get(20, TimeUnit.SECONDS)).isEqualTo(104);

            TestingStream byApp = agent.connectTcp("127.0.0.1", server.getLocalPort());
            try (Socket socket = server.accept()) {
                byApp.accepted.get(20, TimeUnit.SECONDS);
                agent.on(byApp, s -> s.reset(104));
                assertThat(catchRead(socket)).contains("reset");
            }
        }
    }

    private static String catchRead(Socket socket) {
        try {
            return "read " + socket.getInputStream().read();
        } catch (java.io.IOException e) {
            return e.getMessage();
        }
    }

    @Test
    void datagramsGoBothWaysWithOneSocket() throws Exception {
        try (DatagramSocket one = udpOnTarget();
                DatagramSocket two = udpOnTarget()) {
            TestingStream stream = agent.open(StreamKind.UDP, Unpooled.buffer().writeByte(4));
            agent.on(stream, s -> s.writeMessage(datagram(one.getLocalPort(), "to one")));
            DatagramPacket first = receive(one);
            agent.on(stream, s -> s.writeMessage(datagram(two.getLocalPort(), "to two")));
            DatagramPacket second = receive(two);
            assertThat(second.getPort()).isEqualTo(first.getPort());
            two.send(new DatagramPacket("back".getBytes(), 4, second.getSocketAddress()));
            ByteBuf message = Unpooled.wrappedBuffer(stream.awaitMessage());
            assertThat(AddressCodec.read(message).getPort()).isEqualTo(two.getLocalPort());
            assertThat(message.toString(StandardCharsets.UTF_8)).isEqualTo("back");
        }
    }

    @Test
    void aDatagramWithoutContentIsOneToo() throws Exception {
        try (DatagramSocket server = udpOnTarget()) {
            TestingStream stream = agent.open(StreamKind.UDP, Unpooled.buffer().writeByte(4));
            agent.on(stream, s -> s.writeMessage(datagram(server.getLocalPort(), "")));
            DatagramPacket heard = receive(server);
            assertThat(heard.getLength()).isZero();
            server.send(new DatagramPacket(new byte[0], 0, heard.getSocketAddress()));
            ByteBuf message = Unpooled.wrappedBuffer(stream.awaitMessage());
            assertThat(AddressCodec.read(message).getPort()).isEqualTo(server.getLocalPort());
            assertThat(message.isReadable()).isFalse();
        }
    }

    @Test
    void aDatagramToAClosedPortComesBackAsItsErrnoAndHarmsNoOther() throws Exception {
        for (String address : new String[] {TestingNamespaces.CLIENT, TestingNamespaces.CLIENT6}) {
            int family = address.contains(":") ? 6 : 4;
            try (DatagramSocket open =
                    namespaces.onClient(
                            () -> new DatagramSocket(0, InetAddress.getByName(address)))) {
                open.setSoTimeout(10_000);
                TestingStream stream =
                        agent.open(StreamKind.UDP, Unpooled.buffer().writeByte(family));
                for (int i = 0; i < 3; i++) { // the kernel sends no more ICMP errors at once
                    int port = open.getLocalPort();
                    agent.on(
                            stream,
                            s -> {
                                s.writeMessage(TestingAgent.address(address, 1).writeByte('x'));
                                s.writeMessage(TestingAgent.address(address, port).writeByte('x'));
                            });
                    receive(open);
                    UdpMessage said =
                            UdpMessage.read(Unpooled.wrappedBuffer(stream.awaitMessage()));
                    assertThat(said)
                            .isEqualTo(
                                    new UdpMessage.Undelivered(
                                            new InetSocketAddress(address, 1), 111));
                }
            }
        }
    }

    private static DatagramSocket udpOnTarget() throws Exception {
        DatagramSocket socket =
                namespaces.onTarget(
                        () -> new DatagramSocket(0, InetAddress.getByName("127.0.0.1")));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static DatagramPacket receive(DatagramSocket socket) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        socket.receive(packet);
        return packet;
    }

    private static ByteBuf datagram(int port, String text) {
        return TestingAgent.address("127.0.0.1", port)
                .writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
