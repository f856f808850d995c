package dev.mirrord.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.agent.mirror.PcapReplay;
import dev.mirrord.linux.namespace.NamespaceThread;
import dev.mirrord.linux.namespace.NetworkNamespace;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections over a line that loses packets both ways, recorded beside the kernel that receives
 * them: the copy that is made of the record is what that kernel's application has read.
 *
 * <pre>
 *   client ── router (nftables drops some) ── target (tcpdump)
 * </pre>
 */
class PacketReplayIT {
    private static final int PORT = 7777;
    private static final int CONNECTIONS = 6;
    private static final int BYTES = 400_000;

    private static final String LINE =
            """
            set -e
            for n in c r t; do ip netns add $1$n; ip -n $1$n link set lo up; done
            ip -n $1c link add eth0 type veth peer name toclient netns $1r
            ip -n $1t link add eth0 type veth peer name totarget netns $1r
            side() { ip -n $1 addr add $3 dev $2; ip -n $1 addr add $4 dev $2 nodad; ip -n $1 link set $2 up; }
            side $1c eth0 10.212.1.2/24 fd00:212:1::2/64; side $1r toclient 10.212.1.1/24 fd00:212:1::1/64
            side $1t eth0 10.212.2.2/24 fd00:212:2::2/64; side $1r totarget 10.212.2.1/24 fd00:212:2::1/64
            for v in 4 6; do
                test $v = 4 && net=10.212. || net=fd00:212:
                test $v = 4 && end=.1 || end=::1
                ip -$v -n $1c route add default via ${net}1$end; ip -$v -n $1t route add default via ${net}2$end
            done
            ip netns exec $1r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
            ip netns exec $1r nft -f - <<'END'
            table inet line {
                chain forward {
                    type filter hook forward priority 0;
                    tcp flags & syn == syn accept
                    tcp dport 7777 numgen random mod 100 < 4 drop
                    tcp sport 7777 numgen random mod 100 < 2 drop
                }
            }
            END
            """;

    private final String prefix = "mrd-l-" + ProcessHandle.current().pid() % 10_000;
    private final List<Process> processes = new ArrayList<>();
    private NamespaceThread inClient;
    private NamespaceThread inTarget;

    @BeforeEach
    void layTheLine() throws Exception {
        TestingNamespaces.run("bash", "-c", LINE, "line", prefix);
        inClient = inside(prefix + "c");
        inTarget = inside(prefix + "t");
    }

    @AfterEach
    void remove() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        for (String each : List.of("c", "r", "t")) {
            TestingNamespaces.run("ip", "netns", "del", prefix + each);
        }
    }

    private NamespaceThread inside(String namespace) throws Exception {
        Process process = start(namespace, "sleep", "1000");
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        while (!java.nio.file.Files.readString(proc.resolve("comm")).startsWith("sleep")) {
            Thread.onSpinWait();
        }
        return new NamespaceThread(namespace, NetworkNamespace.of(proc));
    }

    private Process start(String namespace, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    @Test
    void theCopyIsWhatTheKernelGaveItsApplication(@TempDir Path directory) throws Exception {
        for (String target : List.of("10.212.2.2", "fd00:212:2::2")) {
            Path file = directory.resolve("packets" + target.length());
            Process tcpdump = record(file);
            Map<InetSocketAddress, byte[]> received = transfer(target);
            PcapReplay replay = whenWritten(file);
            assertNothingMissed(tcpdump);
            Map<InetSocketAddress, PcapReplay.Copy> copies = replay.play();
            assertAlike(copies, received);
            // The line has lost something, or nothing was tested.
            assertThat(copies.values().stream().mapToInt(PcapReplay.Copy::early).sum())
                    .as("gaps in %s segments", replay.size())
                    .isGreaterThan(10);
            for (int seed = 0; seed < 20; seed++) {
                assertAlike(replay.playShuffled(new Random(seed), 1 + 3 * seed), received);
                replay.playWithHoles(new Random(seed), 50)
                        .forEach((peer, copy) -> assertTrue(copy, received.get(peer)));
            }
        }
    }

    /** tcpdump writes down what was a moment after it was; when it ends, it leaves the rest out. */
    private static PcapReplay whenWritten(Path file) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            PcapReplay replay = PcapReplay.read(file, PORT);
            boolean all = replay.play().values().stream().allMatch(PcapReplay.Copy::isWhole);
            if (all && replay.size() > 0 || System.nanoTime() > deadline) {
                return replay;
            }
        }
    }

    /** What the recorder missed would look like what the line lost. */
    private static void assertNothingMissed(Process tcpdump) throws Exception {
        tcpdump.toHandle().destroy();
        assertThat(tcpdump.inputReader().lines()).contains("0 packets dropped by kernel");
        tcpdump.waitFor();
    }

    /**
     * Not in tcpdump's immediate mode: there each packet has a slot of the ring for the largest
     * one, 256 slots in all, and some are lost when tcpdump does not run at once.
     */
    private Process record(Path file) throws Exception {
        String[] command = {
            "tcpdump",
            "-i",
            "any",
            "-y",
            "LINUX_SLL",
            "-s",
            "0",
            "-B",
            "65536",
            "-U",
            "-Z",
            "root",
            "-w",
            file.toString(),
            "tcp port " + PORT
        };
        Process tcpdump = start(prefix + "t", command);
        BufferedReader said = tcpdump.inputReader();
        String line = said.readLine();
        while (!line.contains("listening on")) {
            line = said.readLine();
            assertThat(line).isNotNull();
        }
        return tcpdump;
    }

    /** Returns what the target's application has read, by peer. */
    private Map<InetSocketAddress, byte[]> transfer(String target) throws Exception {
        Map<InetSocketAddress, byte[]> received = new HashMap<>();
        List<Future<?>> sending = new ArrayList<>();
        try (ServerSocket server =
                        on(
                                inTarget,
                                () -> new ServerSocket(PORT, 50, InetAddress.getByName(target)));
                var threads = java.util.concurrent.Executors.newCachedThreadPool()) {
            List<Future<Map.Entry<InetSocketAddress, byte[]>>> receiving = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket client = on(inClient, () -> new Socket(InetAddress.getByName(target), PORT));
                Socket accepted = server.accept();
                int seed = i;
                sending.add(threads.submit(() -> send(client, new Random(seed))));
                receiving.add(threads.submit(() -> receive(accepted)));
            }
            for (Future<?> each : sending) {
                each.get(60, TimeUnit.SECONDS);
            }
            for (Future<Map.Entry<InetSocketAddress, byte[]>> each : receiving) {
                Map.Entry<InetSocketAddress, byte[]> done = each.get(60, TimeUnit.SECONDS);
                received.put(done.getKey(), done.getValue());
            }
        }
        assertThat(received).hasSize(CONNECTIONS);
        return received;
    }

    private static <T> T on(NamespaceThread thread, Callable<T> task) throws Exception {
        return thread.call(task).get(60, TimeUnit.SECONDS);
    }

    private static Void send(Socket socket, Random random) throws Exception {
        try (socket) {
            socket.setTcpNoDelay(true);
            byte[] bytes = new byte[BYTES];
            random.nextBytes(bytes);
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(9_000));
                socket.getOutputStream().write(bytes, at, length);
                at += length;
            }
            socket.shutdownOutput();
            // Until the target has read all.
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        return null;
    }

    private static Map.Entry<InetSocketAddress, byte[]> receive(Socket socket) throws Exception {
        try (socket) {
            byte[] bytes = socket.getInputStream().readAllBytes();
            return Map.entry((InetSocketAddress) socket.getRemoteSocketAddress(), bytes);
        }
    }

    private static void assertAlike(
            Map<InetSocketAddress, PcapReplay.Copy> copies,
            Map<InetSocketAddress, byte[]> received) {
        assertThat(copies).hasSameSizeAs(received);
        received.forEach(
                (peer, bytes) -> {
                    assertThat(copies.get(peer).isWhole()).as("%s", peer).isTrue();
                    assertThat(copies.get(peer).bytes()).isEqualTo(bytes);
                });
    }

    /** Whole and the same, or not whole and a part. */
    private static void assertTrue(PcapReplay.Copy copy, byte[] received) {
        byte[] bytes = copy.bytes();
        assertThat(Arrays.equals(bytes, 0, bytes.length, received, 0, bytes.length)).isTrue();
        assertThat(copy.isWhole()).isEqualTo(bytes.length == received.length && copy.isWhole());
        if (copy.isWhole()) {
            assertThat(bytes).hasSameSizeAs(received);
        }
    }
}
