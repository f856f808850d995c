package dev.mirrord.cli;

import dev.mirrord.config.ConfigException;
import dev.mirrord.session.ContextContainer;
import dev.mirrord.session.SessionFailure;
import dev.mirrord.session.SessionRequest;
import dev.mirrord.session.Signals;
import dev.mirrord.session.TargetContext;
import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerRuntime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/**
 * {@code mirrord container-ext}: a session for a container that an IDE runs. Says on standard
 * output, in one line of JSON, what belongs into the IDE's own run command; no value of a variable
 * is in it.
 */
@Command(sortOptions = false)
final class ContainerExtCommand extends ContainerCommand {
    /** The peer's. */
    private static final String RUNTIME = "MIRRORD_CONTAINER_USE_RUNTIME";

    @Override
    public Integer call() throws ConfigException, IOException {
        peerFlags.check();
        refuseServices();
        if (output.dryRun) {
            throw new SessionFailure("--dry-run does not go with container-ext: remove it");
        }
        if (command.isEmpty()) {
            throw new SessionFailure(
                    "container-ext has to know the image: mirrord container-ext -t … -- IMAGE"
                            + " [ARGUMENT…], or the whole docker run …");
        }
        Terminal terminal = new Terminal(System.err, output.quiet, output.verbose);
        SessionRequest request = request(line(command, System.getenv()), terminal);
        CompletableFuture<String> over = new CompletableFuture<>();
        for (String signal : List.of("INT", "TERM", "HUP")) {
            Signals.handle(signal, () -> over.complete(""));
        }
        try (TargetContext context = TargetContext.open(request, terminal)) {
            System.out.println(json(request.command(), context));
            System.out.flush();
            context.appEnded().thenRun(() -> over.complete(""));
            context.lost().thenAccept(over::complete);
            Thread.ofPlatform().daemon().name("stdin").start(() -> awaitEnd(over));
            String why = over.join();
            if (!why.isEmpty() && !context.appEnded().isDone()) {
                throw new SessionFailure(why);
            }
        }
        return 0;
    }

    private static void awaitEnd(CompletableFuture<String> over) {
        try {
            while (System.in.read() >= 0) {
                // nothing that is said matters
            }
        } catch (IOException e) {
            // as at its end
        }
        over.complete("");
    }

    /** The whole line where there is only what follows {@code docker run}. */
    static List<String> line(List<String> words, Map<String, String> environment) {
        if (Arrays.stream(ContainerRuntime.values())
                .anyMatch(runtime -> runtime.word().equals(words.getFirst()))) {
            return words;
        }
        List<String> line = new ArrayList<>();
        line.add(environment.getOrDefault(RUNTIME, ContainerRuntime.DOCKER.word()));
        line.add("run");
        line.addAll(words);
        return line;
    }

    private static String json(List<String> line, TargetContext context) {
        ContextContainer container = context.container();
        return JsonLine.object(
                "runtime",
                line.getFirst(),
                "extra_args",
                extraArguments(container),
                "image",
                CommandParser.parse(line).image(),
                "image_args",
                container.command(),
                "session",
                context.id().value());
    }

    /** Options of {@code docker run}. */
    static List<String> extraArguments(ContextContainer container) {
        List<String> all = new ArrayList<>();
        all.add("--network=" + container.networkMode());
        all.add("--volumes-from=" + container.volumesFrom());
        all.add("--entrypoint=" + container.entrypoint().getFirst());
        container.labels().forEach((name, value) -> all.add("--label=" + name + "=" + value));
        @Nullable String health = shellForm(container.healthTest());
        if (health != null) {
            all.add("--health-cmd=" + health);
        }
        return all;
    }

    /** Options know no other. */
    private static @Nullable String shellForm(List<String> healthTest) {
        return healthTest.size() == 2 && healthTest.getFirst().equals("CMD-SHELL")
                ? healthTest.getLast()
                : null;
    }
}
