package dev.mirrord.session;

import dev.mirrord.session.Checkup.Finding;
import dev.mirrord.session.docker.DockerFailure;
import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.engine.ClientEnvironment;
import dev.mirrord.session.docker.engine.DockerCli;
import dev.mirrord.session.docker.engine.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The engine's half of a {@link Checkup}. What its kernel can do is tried in a container of the
 * sidecar's image, without a network.
 */
final class EngineCheckup {
    /** Each line names a feature that works. */
    private static final String PROBE =
            """
            nft add table inet probe && echo nftables
            nft add chain inet probe pre '{ type filter hook prerouting priority mangle; }'
            nft add rule inet probe pre meta l4proto tcp tproxy to :1 && echo tproxy
            ip rule add fwmark 1 lookup 100 && ip route add local default dev lo table 100 && echo routes
            { iptables-nft -A OUTPUT -p tcp -j NFQUEUE --queue-num 1 || \
              iptables-legacy -A OUTPUT -p tcp -j NFQUEUE --queue-num 1 || \
              nft add rule inet probe pre queue num 1; } && echo queue
            true
            """;

    /** Whether the sidecar could show the target's files. */
    private static final String FUSE_PROBE = "(: <>/dev/fuse) && echo fuse";

    private static final Map<String, String> NEEDED =
            Map.of(
                    "nftables", "nothing can be intercepted",
                    "tproxy", "outgoing connections cannot be intercepted",
                    "routes", "outgoing connections cannot be intercepted");

    private EngineCheckup() {}

    static List<Finding> run(String client, String sidecarImage) {
        List<Finding> findings = new ArrayList<>();
        ContainerCommand command = CommandParser.parse(List.of(client, "run", sidecarImage));
        try (Engine engine = Engine.of(command, ClientEnvironment.ofThisProcess())) {
            findings.add(Finding.ok("engine", engine.version().toString()));
            if (engine.images().inspect(sidecarImage).isEmpty()) {
                findings.add(
                        Finding.warning(
                                "sidecar image",
                                sidecarImage + " is not there yet",
                                "it is pulled by the first session; to use another:"
                                        + " container.cli_image"));
                return findings;
            }
            findings.add(Finding.ok("sidecar image", sidecarImage));
            kernel(DockerCli.of(command), sidecarImage, findings);
            files(DockerCli.of(command), sidecarImage, findings);
        } catch (DockerFailure failure) {
            findings.add(Finding.failed("engine", failure.text(), ""));
        }
        return findings;
    }

    private static void kernel(DockerCli docker, String image, List<Finding> findings) {
        List<String> working;
        try {
            working = probe(docker, image, PROBE, "--cap-add=NET_ADMIN");
        } catch (IOException e) {
            findings.add(
                    Finding.failed(
                            "the client " + docker.program(),
                            "cannot be run: " + e.getMessage(),
                            "install it, or put it on the path"));
            return;
        }
        NEEDED.keySet().stream()
                .sorted()
                .filter(feature -> !working.contains(feature))
                .forEach(
                        feature ->
                                findings.add(
                                        Finding.failed(
                                                "engine's kernel",
                                                "no " + feature + ": " + NEEDED.get(feature),
                                                "use an engine whose kernel has nf_tables and"
                                                        + " TPROXY, and that may give a container"
                                                        + " NET_ADMIN")));
        if (working.containsAll(NEEDED.keySet())) {
            findings.add(Finding.ok("engine's kernel", "nftables, TPROXY, policy routes"));
        }
        findings.add(
                working.contains("queue")
                        ? Finding.ok("netfilter queue", "connect tells the truth")
                        : Finding.warning(
                                "netfilter queue",
                                "none: connections are accepted first and reset when the cluster"
                                        + " refuses them",
                                ""));
    }

    private static void files(DockerCli docker, String image, List<Finding> findings) {
        boolean works;
        try {
            works =
                    probe(docker, image, FUSE_PROBE, "--cap-add=SYS_ADMIN", "--device=/dev/fuse")
                            .contains("fuse");
        } catch (IOException e) {
            return; // it was said
        }
        findings.add(
                works
                        ? Finding.ok("target's files", "/dev/fuse can be opened")
                        : Finding.warning(
                                "target's files",
                                "the engine gives no /dev/fuse: --fs-mode read and write are lost",
                                "load it (modprobe fuse); without root its mode has to be 0666"));
    }

    /** What the probe writes, line by line; nothing where its container does not start. */
    private static List<String> probe(
            DockerCli docker, String image, String script, String... options) throws IOException {
        List<String> line = new ArrayList<>(docker.line("run", "--rm", "--network=none"));
        line.addAll(List.of(options));
        line.addAll(List.of("--entrypoint=/bin/sh", image, "-c", script));
        Process process =
                new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
