package dev.mirrord.session;

import dev.mirrord.session.docker.rewrite.Rewrite;
import dev.mirrord.session.docker.rewrite.Rewriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How a container has to be created to be in a {@link TargetContext}. What moves to the sidecar
 * (ports, networks, names, DNS) must not be given to the container itself.
 *
 * @param networkMode the sidecar's namespace: {@code container:NAME}
 * @param volumesFrom the layer: {@code NAME:ro}
 * @param entrypoint the layer's launcher
 * @param command what the launcher executes, among it what the image or the user wanted
 * @param labels by which the container is known to belong to the session
 * @param healthTest in place of the health check's own, as the engine takes it: {@code [CMD, …]} or
 *     {@code [CMD-SHELL, line]}; empty: leave it as it is
 */
public record ContextContainer(
        String networkMode,
        String volumesFrom,
        List<String> entrypoint,
        List<String> command,
        Map<String, String> labels,
        List<String> healthTest) {
    private static final String HEALTH_OPTION = "--health-cmd=";

    public ContextContainer {
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        labels = Map.copyOf(labels);
        healthTest = List.copyOf(healthTest);
    }

    static ContextContainer of(Rewrite rewrite) {
        return new ContextContainer(
                "container:" + rewrite.sidecar().name(),
                rewrite.sidecar().layerName() + ":ro",
                List.of(Rewriter.LAUNCHER),
                rewrite.tail().subList(1, rewrite.tail().size()),
                rewrite.sidecar().labels(),
                healthTest(rewrite));
    }

    private static List<String> healthTest(Rewrite rewrite) {
        if (!rewrite.execHealthCheck().isEmpty()) {
            return Stream.concat(Stream.of("CMD"), rewrite.execHealthCheck().stream()).toList();
        }
        return rewrite.options().stream()
                .filter(option -> option.startsWith(HEALTH_OPTION))
                .reduce((first, second) -> second)
                .map(option -> List.of("CMD-SHELL", option.substring(HEALTH_OPTION.length())))
                .orElse(List.of());
    }
}
