package dev.mirrord.it.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.sidecar.outgoing.UnixDoor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unix sockets of the target, from the sidecar's sockets through a tunnel to a real server. */
class UnixSocketsIT {
    private static final int STREAM = 1;
    private static final int PACKETS = 5;
    private static final int USER = 12345;

    /** Says who connected, then echoes; half-close is answered by what was read in all. */
    private static final String SERVER =
            """
            import os, socket, struct, sys
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM if sys.argv[2] == "1" else socket.SOCK_SEQPACKET)
            listener.bind(sys.argv[1])
            os.chmod(sys.argv[1], 0o777)
            listener.listen()
            print("ready", flush=True)
            peer = listener.accept()[0]
            who = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            peer.sendall(b"uid %5d\\n" % who[1])
            count = 0
            for data in iter(lambda: peer.recv(200_000), b""):
                count += len(data)
                peer.sendall(data if len(data) < 100 else b"%d" % len(data))
            peer.sendall(b"all %d" % count)
            """;

    private static final String CLIENT =
            """
            import socket, sys
            own = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            own.connect(sys.argv[1])
            own.send(int(sys.argv[2]).to_bytes(8, "big"))
            print(own.recv(100).decode(), end="")
            for packet in (b"x" * 60_000, b"x" * 60_001, b"x" * 60_002, b"small"):
                own.send(packet)
            words = [own.recv(100).decode() for _ in range(4)]
            own.shutdown(socket.SHUT_WR)
            print(*words, own.recv(100).decode())
            """;

    @TempDir Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private MountedTarget target;

    @BeforeEach
    void theDoorIsOpen() throws Exception {
        target = new MountedTarget(USER, USER, 0);
        Files.createDirectories(target.root.resolve("run"));
        new UnixDoor(target::tunnel).open(directory);
    }

    @AfterEach
    void close() throws Exception {
        target.close();
    }

    private Process server(String path, int type) throws IOException {
        Process server =
                new ProcessBuilder(
                                "python3",
                                "-c",
                                SERVER,
                                target.root.resolve(path.substring(1)).toString(),
                                Integer.toString(type))
                        .redirectErrorStream(true)
                        .start();
        assertThat(server.inputReader().readLine()).isEqualTo("ready");
        return server;
    }

    /** The errno and the token. */
    private ByteBuffer ask(int type, String path) throws IOException {
        try (SocketChannel asking = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            asking.connect(UnixDomainSocketAddress.of(directory.resolve("ask")));
            byte[] name = path.getBytes(StandardCharsets.UTF_8);
            asking.write(
                    ByteBuffer.allocate(3 + name.length)
                            .put((byte) type)
                            .putShort((short) name.length)
                            .put(name)
                            .flip());
            ByteBuffer answer = ByteBuffer.allocate(10);
            while (answer.hasRemaining() && asking.read(answer) > 0) {
                // More comes.
            }
            return answer.flip();
        }
    }

    private int errno(int type, String path) throws IOException {
        return ask(type, path).getShort();
    }

    private static String read(SocketChannel from, int octets) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(octets);
        while (buffer.hasRemaining() && from.read(buffer) > 0) {
            // More comes.
        }
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    }

    @Test
    void bytesAndTheirEndGoThroughAsTheTargetsUser() throws Exception {
        Process server = server("/run/db.sock", STREAM);
        ByteBuffer answer = ask(STREAM, "/run/db.sock");
        assertThat(answer.getShort()).isZero();
        try (SocketChannel own = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            own.connect(UnixDomainSocketAddress.of(directory.resolve("streams")));
            own.write(answer);
            assertThat(read(own, 10)).isEqualTo("uid %d\n".formatted(USER));
            own.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
            assertThat(read(own, 5)).isEqualTo("hello");
            own.shutdownOutput();
            assertThat(read(own, 100)).isEqualTo("all 5");
        }
        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void packetsStayPackets() throws Exception {
        Process server = server("/run/packets.sock", PACKETS);
        ByteBuffer answer = ask(PACKETS, "/run/packets.sock");
        assertThat(answer.getShort()).isZero();
        Process client =
                new ProcessBuilder(
                                "python3",
                                "-c",
                                CLIENT,
                                directory.resolve("packets").toString(),
                                Long.toUnsignedString(answer.getLong()))
                        .redirectErrorStream(true)
                        .start();
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("uid %d\n60000 60001 60002 small all 180008\n".formatted(USER));
        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatConnectWouldSayIsSaid() throws Exception {
        Files.writeString(target.root.resolve("run/file"), "");
        Files.createSymbolicLink(target.root.resolve("run/out"), Path.of("/../../../../run/none"));
        Process server = server("/run/closed.sock", STREAM);
        Files.setPosixFilePermissions(
                target.root.resolve("run/closed.sock"),
                PosixFilePermissions.fromString("rwx------"));
        assertThat(errno(STREAM, "/run/missing")).isEqualTo(2);
        assertThat(errno(STREAM, "/run/file")).isEqualTo(13);
        assertThat(errno(STREAM, "/run/out")).isEqualTo(2);
        assertThat(errno(STREAM, "/run/closed.sock")).isEqualTo(13);
        assertThat(errno(PACKETS, "/run/closed.sock")).isEqualTo(13);
        server.destroyForcibly();
    }

    @Test
    void aLinkIsFollowedInTheTargetsRoot() throws Exception {
        Process server = server("/run/real.sock", STREAM);
        Files.createSymbolicLink(target.root.resolve("run/link"), Path.of("/run/real.sock"));
        assertThat(errno(STREAM, "/run/link")).isZero();
        server.destroyForcibly();
    }

    @Test
    void aTokenIsGoodForOneSocketAndNoOtherIsTaken() throws Exception {
        try (SocketChannel own = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            own.connect(UnixDomainSocketAddress.of(directory.resolve("streams")));
            own.write(ByteBuffer.allocate(8));
            assertThat(own.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void whoSaysNothingHoldsUpNobodyAndIsNotKept() throws Exception {
        Process server = server("/run/db.sock", STREAM);
        List<SocketChannel> silent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            silent.add(SocketChannel.open(StandardProtocolFamily.UNIX));
            silent.getLast().connect(UnixDomainSocketAddress.of(directory.resolve("streams")));
        }
        ByteBuffer answer = ask(STREAM, "/run/db.sock");
        assertThat(answer.getShort()).isZero();
        try (SocketChannel own = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            long began = System.nanoTime();
            own.connect(UnixDomainSocketAddress.of(directory.resolve("streams")));
            own.write(answer);
            assertThat(read(own, 10)).isEqualTo("uid %d\n".formatted(USER));
            assertThat(System.nanoTime() - began).isLessThan(TimeUnit.MILLISECONDS.toNanos(900));
        }
        for (SocketChannel each : silent) {
            assertThat(each.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            each.close();
        }
        server.destroyForcibly();
    }

    /** Lowers this process's limit of descriptors for a second and connects meanwhile. */
    private static final String WITHOUT_DESCRIPTORS =
            """
            import resource, socket, sys, time
            pid = int(sys.argv[2])
            before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, before[1]))
            try:
                own = socket.socket(socket.AF_UNIX)
                own.connect(sys.argv[1])
                time.sleep(1)
            finally:
                resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
            """;

    @Test
    void withoutDescriptorsTheDoorWaitsInPeace() throws Exception {
        Thread door =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("unix-streams"))
                        .max(Comparator.comparingLong(Thread::threadId))
                        .orElseThrow();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getThreadCpuTime(door.threadId());
        Process without =
                new ProcessBuilder(
                                "python3",
                                "-c",
                                WITHOUT_DESCRIPTORS,
                                directory.resolve("streams").toString(),
                                Long.toString(ProcessHandle.current().pid()))
                        .inheritIO()
                        .start();
        assertThat(without.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(threads.getThreadCpuTime(door.threadId()) - before)
                .isLessThan(TimeUnit.MILLISECONDS.toNanos(300));
        assertThat(without.exitValue()).isZero();
        bytesAndTheirEndGoThroughAsTheTargetsUser();
    }

    @Test
    void withoutATunnelAConnectionIsRefused() throws Exception {
        target.disconnect();
        assertThat(errno(STREAM, "/run/db.sock")).isEqualTo(111);
    }
}
