package dev.mirrord.cli;

import dev.mirrord.session.SessionFailure;
import dev.mirrord.session.Targets;
import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mirrord ls}: what {@code -t} may name. */
@Command
final class ListCommand implements Callable<Integer> {
    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "Default: the context's.")
    @Nullable String namespace;

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "List all namespaces.")
    boolean everywhere;

    @Option(
            names = {"-t", "--target-type"},
            paramLabel = "KIND",
            description = "Only these: deployment, pod, service, …; replicaset is listed only so.")
    @Nullable String kind;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            description = "json: an array of what -t takes, or with -A of objects.")
    SessionCommand.Form form = SessionCommand.Form.table;

    @Mixin ClusterFlags cluster = new ClusterFlags();

    @Override
    public Integer call() {
        if (kind != null && !Targets.kinds().contains(kind)) {
            throw new SessionFailure(
                    "no target is of kind '"
                            + kind
                            + "'; kinds: "
                            + String.join(", ", Targets.kinds()));
        }
        Targets.Found found =
                Targets.list(cluster.choice(namespace), everywhere, Optional.ofNullable(kind));
        if (!found.refused().isEmpty()) {
            System.err.println(
                    "mirrord: not allowed to list "
                            + String.join(", ", found.refused())
                            + ": ask for a role with verb list on them, if you miss them");
        }
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16));
        if (form == SessionCommand.Form.json) {
            out.println(json(found.lines()));
        } else {
            found.lines().forEach(line -> out.println(text(line)));
        }
        out.flush();
        if (found.lines().isEmpty() && found.refused().isEmpty()) {
            System.err.println("mirrord: no target there; other namespaces: -n NAMESPACE, or -A");
        }
        return found.lines().isEmpty() && !found.refused().isEmpty() ? FailureText.OUR_FAILURE : 0;
    }

    private String text(Targets.Line line) {
        return everywhere
                ? "%-24s %-56s %s".formatted(line.namespace(), line.path(), line.state())
                : "%-56s %s".formatted(line.path(), line.state());
    }

    /** Names in Kubernetes need no escaping. */
    private String json(List<Targets.Line> lines) {
        return lines.stream()
                .map(
                        line ->
                                everywhere
                                        ? "{\"namespace\":\"%s\",\"target\":\"%s\"}"
                                                .formatted(line.namespace(), line.path())
                                        : "\"" + line.path() + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
