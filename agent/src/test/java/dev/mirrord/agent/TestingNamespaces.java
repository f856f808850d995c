package dev.mirrord.agent;

import dev.mirrord.linux.namespace.NamespaceThread;
import dev.mirrord.linux.namespace.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A target and a client, each a process in a network namespace of its own, joined by a cable. The
 * target is in a control group that is named like a container.
 */
final class TestingNamespaces implements AutoCloseable {
    static final String TARGET = "10.211.7.2";
    static final String CLIENT = "10.211.7.3";
    static final String TARGET6 = "fd00:211:7::2";
    static final String CLIENT6 = "fd00:211:7::3";

    final String containerId = randomHex(32);
    final String target = "mrd-t-" + randomHex(3);
    final String client = "mrd-c-" + randomHex(3);
    final NamespaceThread inTarget;
    final NamespaceThread inClient;
    final NetworkNamespace ofClient;
    private final Path group;
    private final List<Process> processes = new ArrayList<>();
    private final Process targetProcess;

    TestingNamespaces(Map<String, String> environment) throws Exception {
        Path unified = Path.of("/sys/fs/cgroup/unified");
        Path root = Files.isDirectory(unified) ? unified : Path.of("/sys/fs/cgroup");
        group = Files.createDirectory(root.resolve("cri-containerd-" + containerId + ".scope"));
        Path etc = Files.createDirectories(Path.of("/etc/netns", target));
        Files.writeString(etc.resolve("resolv.conf"), "nameserver 127.0.0.1\nsearch test\n");
        Files.writeString(etc.resolve("hosts"), "127.0.0.1 localhost\n10.1.2.3 from-hosts\n");
        Files.writeString(etc.resolve("hostname"), "target-host\n");
        run("ip", "netns", "add", target);
        run("ip", "netns", "add", client);
        run(
                "ip", "-n", target, "link", "add", "eth0", "type", "veth", "peer", "eth0", "netns",
                client);
        side(target, TARGET, TARGET6);
        side(client, CLIENT, CLIENT6);
        run("ip", "netns", "exec", target, "sysctl", "-qw", "net.ipv4.tcp_syn_retries=2");
        ProcessBuilder builder =
                new ProcessBuilder("ip", "netns", "exec", target, "sleep", "1000000");
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().putAll(environment);
        targetProcess = builder.start();
        processes.add(targetProcess);
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(targetProcess.pid()));
        while (!Files.readString(Path.of("/proc/" + targetProcess.pid() + "/comm"))
                .startsWith("sleep")) {
            Thread.onSpinWait();
        }
        inTarget = new NamespaceThread("in-target", NetworkNamespace.of(proc(targetProcess.pid())));
        Process clientProcess = start(client, "sleep", "1000000");
        while (!Files.readString(Path.of("/proc/" + clientProcess.pid() + "/comm"))
                .startsWith("sleep")) {
            Thread.onSpinWait();
        }
        ofClient = NetworkNamespace.of(proc(clientProcess.pid()));
        inClient = new NamespaceThread("in-client", ofClient);
    }

    TestingNamespaces() throws Exception {
        this(Map.of());
    }

    long targetPid() {
        return targetProcess.pid();
    }

    <T> T onTarget(Callable<T> task) throws Exception {
        return inTarget.call(task).get(20, TimeUnit.SECONDS);
    }

    <T> T onClient(Callable<T> task) throws Exception {
        return inClient.call(task).get(20, TimeUnit.SECONDS);
    }

    /** Starts a program in one of the namespaces; it ends with this object. */
    Process start(String namespace, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(List.of(command));
        Process process =
                new ProcessBuilder(all)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        processes.add(process);
        return process;
    }

    /** Starts one more program in the target's container. */
    Process startInTargetContainer(String... command) throws IOException {
        Process process = start(target, command);
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
        return process;
    }

    /** Runs a program to its end and returns what it wrote. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output;
    }

    String runIn(String namespace, String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(List.of(command));
        return run(all.toArray(String[]::new));
    }

    private static void side(String namespace, String four, String six) throws Exception {
        run("ip", "-n", namespace, "link", "set", "lo", "up");
        run("ip", "-n", namespace, "addr", "add", four + "/24", "dev", "eth0");
        run("ip", "-n", namespace, "addr", "add", six + "/64", "dev", "eth0", "nodad");
        run("ip", "-n", namespace, "link", "set", "eth0", "up");
    }

    private static Path proc(long pid) {
        return Path.of("/proc", Long.toString(pid));
    }

    private static String randomHex(int bytes) {
        byte[] random = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    @Override
    public void close() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        run("ip", "netns", "del", target);
        run("ip", "netns", "del", client);
        Path etc = Path.of("/etc/netns", target);
        for (String name : List.of("resolv.conf", "hosts", "hostname")) {
            Files.deleteIfExists(etc.resolve(name));
        }
        Files.deleteIfExists(etc);
        Files.deleteIfExists(group);
    }
}
