package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.source.Location;
import dev.mirrord.session.LiveProcess;
import dev.mirrord.session.Preload;
import dev.mirrord.session.Product;
import dev.mirrord.session.SessionFailure;
import dev.mirrord.session.SessionRequest;
import dev.mirrord.session.Signals;
import dev.mirrord.session.Silent;
import dev.mirrord.session.TargetContext;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Serves the context of one service in the background: each time that its sidecar starts, until the
 * sidecar's container is removed or the provider ends it.
 *
 * <pre>
 *   target found --"ready"--&gt; starts the agent, waits for the sidecar --runs--&gt; serves it --stopped--&gt; waits again
 *                                  '--removed, or none made by a compose that has gone--&gt; ends
 * </pre>
 */
final class Server {
    private static final int PAUSE_MILLISECONDS = 200;
    private static final int LONG_PAUSE_MILLISECONDS = 1000;
    private static final long SOON_NANOSECONDS = TimeUnit.SECONDS.toNanos(60);

    /** How long an agent waits for its first sidecar: less than its patience. */
    private static final long EARLY_NANOSECONDS = TimeUnit.SECONDS.toNanos(8);

    private final String project;
    private final String service;
    private final String sidecar;
    private final Optional<ProcessHandle> compose;
    private final CompletableFuture<Boolean> told = new CompletableFuture<>();
    private @Nullable TargetContext early;
    private long earlyUntil;

    private Server(List<String> words) {
        this.project = words.get(0);
        this.service = words.get(1);
        this.sidecar = words.get(2);
        String[] parent = words.get(4).split(":", 2);
        this.compose =
                parent.length < 2
                        ? Optional.empty()
                        : new LiveProcess(Long.parseLong(parent[0]), Long.parseLong(parent[1]))
                                .find();
    }

    static int run(List<String> words) {
        Server server = new Server(words);
        ServerState state = new ServerState(Path.of(words.get(3)));
        for (String signal : List.of("INT", "HUP")) {
            Signals.handle(signal, () -> {});
        }
        Signals.handle("TERM", () -> server.told.complete(true));
        Preload.start();
        PrintStream toProvider = System.out;
        try {
            String config = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).strip();
            MirrordConfig loaded =
                    ContextConfig.load(
                            Docker.parse(config).deepCopy(), path -> Location.of("x-mirrord"));
            TargetContext first = prepare(loaded);
            server.early = first;
            server.earlyUntil = System.nanoTime() + EARLY_NANOSECONDS;
            try {
                state.writeSelf(config);
                toProvider.println("ready");
                toProvider.close();
                first.startAgent();
                server.serve(loaded, state);
            } finally {
                server.takeEarly().ifPresent(TargetContext::close);
                state.remove();
            }
            if (!server.told.isDone()) {
                ServerState.removeLayers(server.project, server.service);
            }
            return 0;
        } catch (SessionFailure | ComposeFailure failure) {
            toProvider.println(String.valueOf(failure.getMessage()).replace("\n", "\\n"));
            return 1;
        } catch (IOException e) {
            toProvider.println("the context's server failed: " + e);
            return 1;
        }
    }

    private void serve(MirrordConfig config, ServerState state) {
        boolean known = false;
        long waiting = System.nanoTime();
        while (!told.isDone()) {
            boolean composeLives = compose.map(ProcessHandle::isAlive).orElse(false);
            if (System.nanoTime() - earlyUntil > 0) {
                takeEarly().ifPresent(TargetContext::close);
            }
            switch (find()) {
                case Sidecar.Unknown() -> {} // The engine is away: it may come back.
                case Sidecar.Missing() -> {
                    if (known || !composeLives) {
                        return;
                    }
                }
                case Sidecar.Found(JsonNode container) -> {
                    known = true;
                    if (container.path("State").path("Running").asBoolean()) {
                        serve(config, container, state);
                        waiting = System.nanoTime();
                    }
                }
            }
            pause(
                    System.nanoTime() - waiting < SOON_NANOSECONDS
                            ? PAUSE_MILLISECONDS
                            : LONG_PAUSE_MILLISECONDS);
        }
    }

    /** To the end of this run of the sidecar. */
    private void serve(MirrordConfig config, JsonNode container, ServerState state) {
        List<String> line = new ArrayList<>(List.of("docker", "run"));
        for (String name : label(container, ServerState.ENVIRONMENT_LABEL)) {
            line.add("--env=" + name);
        }
        container
                .path("NetworkSettings")
                .path("Networks")
                .fieldNames()
                .forEachRemaining(network -> line.add("--network=" + network));
        for (String server : label(container, ServerState.NAMESERVERS_LABEL)) {
            line.add("--dns=" + server);
        }
        JsonNode host = container.path("HostConfig");
        host.path("DnsSearch").forEach(each -> line.add("--dns-search=" + each.asText()));
        host.path("DnsOptions").forEach(each -> line.add("--dns-option=" + each.asText()));
        host.path("ExtraHosts").forEach(each -> line.add("--add-host=" + each.asText()));
        line.add(Product.sidecarImage());
        try (TargetContext context = takeEarly().orElseGet(() -> prepare(config))) {
            context.attach(container.path("Id").asText(), line);
            CompletableFuture.anyOf(context.lost(), told).join();
        } catch (SessionFailure failure) {
            // The sidecar, which nobody serves, must not seem to work.
            try {
                state.writeFailure(String.valueOf(failure.getMessage()));
            } catch (IOException e) {
                // The session's log has it too.
            }
            Docker.ask(true, List.of("stop", container.path("Id").asText()));
        }
    }

    private static List<String> label(JsonNode container, String name) {
        String text = container.path("Config").path("Labels").path(name).asText("");
        return Arrays.stream(text.split(" ", -1)).filter(word -> !word.isEmpty()).toList();
    }

    /** What the engine says of the sidecar. */
    private sealed interface Sidecar {
        record Unknown() implements Sidecar {}

        record Missing() implements Sidecar {}

        record Found(JsonNode container) implements Sidecar {}
    }

    private Sidecar find() {
        Optional<String> ids =
                Docker.ask(
                        true,
                        List.of(
                                "ps",
                                "-aq",
                                "--no-trunc",
                                "--filter",
                                "label=com.docker.compose.project=" + project,
                                "--filter",
                                "label=com.docker.compose.service=" + sidecar));
        if (ids.isEmpty()) {
            return new Sidecar.Unknown();
        }
        return ids.get()
                .lines()
                .findFirst()
                .<Sidecar>map(
                        id ->
                                Docker.ask(true, List.of("inspect", id))
                                        .<Sidecar>map(
                                                text ->
                                                        new Sidecar.Found(
                                                                Docker.parse(text).path(0)))
                                        .orElse(new Sidecar.Unknown()))
                .orElse(new Sidecar.Missing());
    }

    private void pause(int milliseconds) {
        try {
            told.get(milliseconds, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // Nobody ended us.
        } catch (InterruptedException | ExecutionException e) {
            told.complete(true);
        }
    }

    private Optional<TargetContext> takeEarly() {
        Optional<TargetContext> taken = Optional.ofNullable(early);
        early = null;
        return taken;
    }

    private static TargetContext prepare(MirrordConfig config) {
        List<String> line = List.of("docker", "run", Product.sidecarImage());
        return TargetContext.prepare(new SessionRequest(config, line), new Silent());
    }
}
