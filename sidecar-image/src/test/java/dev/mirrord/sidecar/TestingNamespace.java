package dev.mirrord.sidecar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two network namespaces with a cable between them: the app's, with the addresses that an engine
 * would give it, and that of a neighbour, who is also the gateway.
 */
final class TestingNamespace implements AutoCloseable {
    static final String APP = "10.99.7.2";
    static final String NEIGHBOUR = "10.99.7.1";
    private static final AtomicInteger NEXT = new AtomicInteger();

    final String app = "mtapp" + ProcessHandle.current().pid() + "x" + NEXT.incrementAndGet();
    final String neighbour = app + "n";

    TestingNamespace() throws Exception {
        run("ip netns add " + app);
        run("ip netns add " + neighbour);
        in(
                app,
                "sysctl -qw net.ipv6.conf.all.disable_ipv6=0"
                        + " net.ipv4.ip_unprivileged_port_start=0");
        in(app, "ip link set lo up");
        in(neighbour, "ip link set lo up");
        run("ip -n %s link add eth0 type veth peer name eth0 netns %s".formatted(app, neighbour));
        in(app, "ip addr add %s/24 dev eth0".formatted(APP));
        in(app, "ip link set eth0 up");
        in(neighbour, "ip addr add %s/24 dev eth0".formatted(NEIGHBOUR));
        in(neighbour, "ip link set eth0 up");
        in(app, "ip route add default via " + NEIGHBOUR);
    }

    /** Runs a shell command in a namespace and returns all that it says. */
    static String in(String namespace, String command) throws Exception {
        return run(
                "ip netns exec %s sh -c '%s'".formatted(namespace, command.replace("'", "'\\''")));
    }

    String inApp(String command) throws Exception {
        return in(app, command);
    }

    /** A Python program in the app's namespace; what it printed. */
    String python(String program) throws Exception {
        return output(start(app, "/usr/bin/python3", "-c", program), 20);
    }

    static Process start(String namespace, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        words.addAll(List.of(command));
        return new ProcessBuilder(words).redirectErrorStream(true).start();
    }

    static String output(Process process, int seconds) throws Exception {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + seconds + " s");
        }
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private static String run(String command) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
        return output(process, 20);
    }

    @Override
    public void close() throws Exception {
        run("ip netns pids %s | xargs -r kill -9".formatted(app));
        run("ip netns pids %s | xargs -r kill -9".formatted(neighbour));
        run("ip netns del " + app);
        run("ip netns del " + neighbour);
    }
}
