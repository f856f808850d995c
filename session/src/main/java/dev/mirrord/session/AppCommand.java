package dev.mirrord.session;

import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.rewrite.Rewrite;
import dev.mirrord.session.docker.rewrite.SharedNamespace;
import dev.mirrord.session.docker.rewrite.SidecarSpec;
import dev.mirrord.session.docker.rewrite.SplitStart;
import java.util.List;
import java.util.Optional;

/**
 * The app's command line, ready to be run beside its sidecar: as {@code docker create} and {@code
 * docker start} where that is the same as {@code docker run} (see {@link SplitStart}), else as it
 * is.
 *
 * @param split empty: {@code docker run}
 * @param container the app's id, empty until it was created
 */
record AppCommand(Rewrite rewrite, Optional<SplitStart> split, Optional<String> container) {
    /** Plans the run; nothing is made yet. */
    static AppCommand of(ContainerCommand command, Rewrite rewrite) {
        return new AppCommand(rewrite, SplitStart.of(command, rewrite), Optional.empty());
    }

    /**
     * Plans a run that nothing precedes: podman looks a container's network up when it is created.
     */
    static AppCommand atOnce(Rewrite rewrite) {
        return new AppCommand(rewrite, Optional.empty(), Optional.empty());
    }

    /** The sidecar that the app expects. */
    SidecarSpec sidecar() {
        return split.map(SplitStart::sidecar).orElse(rewrite.sidecar());
    }

    /** Creates the app's container, before its sidecar exists. */
    AppCommand create() {
        return split.map(
                        start ->
                                new AppCommand(
                                        rewrite,
                                        split,
                                        Optional.of(
                                                ClientOutput.of(
                                                        start.create(),
                                                        "%s create failed; its own words are above"
                                                                .formatted(
                                                                        start.create()
                                                                                .getFirst())))))
                .orElse(this);
    }

    /** The same with a container that {@link #create} has made. */
    AppCommand created(Optional<String> id) {
        return new AppCommand(rewrite, split, id);
    }

    /**
     * The same beside a sidecar that runs, for an engine that tells only then of its namespace; a
     * container that is only created is created now.
     */
    AppCommand beside(SharedNamespace namespace) {
        Rewrite joined = rewrite.joined(namespace);
        Optional<String> created =
                joined.creates()
                        ? Optional.of(ClientOutput.of(joined.appCommand(), failed(joined)))
                        : container;
        return new AppCommand(joined, split, created);
    }

    AppCommand withRewrite(Rewrite other) {
        return new AppCommand(other, split, container);
    }

    private static String failed(Rewrite rewrite) {
        return "%s create failed; its own words are above".formatted(rewrite.prefix().getFirst());
    }

    /** The line that starts the app and follows it. */
    List<String> start() {
        return container
                .flatMap(id -> split.map(start -> start.start(id)))
                .orElse(rewrite.appCommand());
    }

    /** All lines, for a dry run. */
    List<List<String>> lines() {
        return split.map(start -> List.of(start.create(), start.start("APP")))
                .orElse(List.of(rewrite.appCommand()));
    }
}
