package dev.mirrord.session;

import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.RunFlag;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import dev.mirrord.session.kubernetes.target.ContainerSpec;
import dev.mirrord.session.kubernetes.target.ResolvedTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@code docker run} line that is completed by the target's own container: what the line does not
 * say of image, command, arguments, working directory, user and limits is the target's.
 */
public final class AsTarget {
    private static final String NO_IMAGE = "mirrord.dev/no-image";

    private AsTarget() {}

    /** The same line with an image, so that it can be parsed; for questions about its flags. */
    public static List<String> parsable(List<String> line) {
        List<String> words = new ArrayList<>(line);
        words.add(NO_IMAGE);
        return words;
    }

    /**
     * Asks the cluster and completes the line.
     *
     * @throws SessionFailure if there is no target, or it cannot be read
     */
    public static List<String> complete(SessionRequest request, SessionOutput output) {
        SessionId id = SessionId.random();
        try (SessionLog log = SessionLog.open(id, new Silent());
                ClusterSide cluster = new ClusterSide(id, request, log, new Silent())) {
            try {
                ClusterSide.Resolved resolved = cluster.resolve();
                ResolvedTarget target =
                        resolved.target()
                                .orElseThrow(
                                        () ->
                                                new SessionFailure(
                                                        "--as-target needs a target that is a"
                                                                + " container; name one with -t"));
                String path =
                        "/api/v1/namespaces/%s/pods/%s"
                                .formatted(target.namespace(), target.pod().name());
                ApiReply pod = resolved.cluster().api().get(path);
                if (!pod.succeeded()) {
                    throw Refusals.of(pod, "get", "pods", target.namespace());
                }
                ContainerSpec spec = ContainerSpec.of(pod.json(), target.container());
                output.notice("as the target: " + spec.image());
                return complete(request.command(), spec);
            } catch (RuntimeException failure) {
                throw SessionFailures.of(failure, log.file());
            }
        }
    }

    static List<String> complete(List<String> line, ContainerSpec spec) {
        ContainerCommand parsed = CommandParser.parse(parsable(line));
        boolean ownImage = !parsed.image().equals(NO_IMAGE);
        List<String> ownArguments =
                ownImage ? parsed.arguments().subList(0, parsed.arguments().size() - 1) : List.of();
        boolean ownCommand = parsed.given(RunFlag.ENTRYPOINT) || !ownArguments.isEmpty();
        List<String> words =
                new ArrayList<>(
                        line.subList(0, line.size() - (ownImage ? 1 + ownArguments.size() : 0)));
        if (!words.isEmpty() && words.getLast().equals("--")) {
            words.removeLast();
        }
        add(words, parsed, RunFlag.WORKDIR, spec.workingDirectory());
        add(words, parsed, RunFlag.USER, spec.user());
        add(words, parsed, RunFlag.MEMORY, spec.memory().map(bytes -> bytes + "b"));
        add(words, parsed, RunFlag.CPUS, spec.cpus());
        if (!ownCommand && !spec.command().isEmpty()) {
            words.add("--" + RunFlag.ENTRYPOINT.longName() + "=" + spec.command().getFirst());
        }
        words.add(ownImage ? parsed.image() : spec.image());
        if (ownCommand) {
            words.addAll(ownArguments);
        } else {
            spec.command().stream().skip(1).forEach(words::add);
            words.addAll(spec.arguments());
        }
        return List.copyOf(words);
    }

    private static void add(
            List<String> words, ContainerCommand parsed, RunFlag flag, Optional<String> value) {
        if (!parsed.given(flag)) {
            value.ifPresent(text -> words.add("--" + flag.longName() + "=" + text));
        }
    }
}
