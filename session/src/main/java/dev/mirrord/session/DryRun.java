package dev.mirrord.session;

import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.engine.DockerCli;
import dev.mirrord.session.docker.rewrite.ImageConfig;
import dev.mirrord.session.docker.rewrite.Rewrite;
import dev.mirrord.session.docker.rewrite.SidecarLines;
import dev.mirrord.session.kubernetes.placement.AgentPlacement;
import java.io.PrintStream;
import java.util.Optional;

/** Prints what a session would make, and makes nothing. Reads cluster and engine only. */
public final class DryRun {
    private static final String FINGERPRINT = "SHA-256-OF-THE-SESSION-CERTIFICATE";

    private final SessionRequest request;
    private final PrintStream out;
    private final SessionId id = SessionId.random();

    public DryRun(SessionRequest request, PrintStream out) {
        this.request = request;
        this.out = out;
    }

    public int run() {
        SessionOutput silent = new Silent();
        try (SessionLog log = SessionLog.open(id, silent)) {
            try {
                print(log, silent);
                return 0;
            } catch (RuntimeException failure) {
                throw SessionFailures.of(failure, log.file());
            }
        }
    }

    private void print(SessionLog log, SessionOutput silent) {
        ContainerCommand command = CommandParser.parse(request.command());
        try (ClusterSide cluster = new ClusterSide(id, request, log, silent);
                EngineSide engine = new EngineSide(id, request, command, log)) {
            ClusterSide.Resolved resolved = cluster.resolve();
            AgentPlacement placement = cluster.placement(resolved, FINGERPRINT);
            out.println("# Kubernetes, namespace " + placement.namespace());
            out.println(placement.manifest().toPrettyString());
            ImageConfig image = engine.findImages();
            Rewrite rewrite =
                    engine.rewrite(image, resolved.hostname(), Optional.of("SESSION-DIRECTORY"));
            out.println("# Engine: layer container (never started) and sidecar");
            AppCommand app = engine.plan(rewrite);
            SidecarLines.of(app.sidecar(), DockerCli.of(command).line())
                    .forEach(line -> out.println(ShellLine.of(line)));
            out.println("# The app");
            engine.shown(app).lines().forEach(line -> out.println(ShellLine.of(line)));
        }
    }
}
