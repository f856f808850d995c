package dev.mirrord.compose;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.config.source.Location;
import dev.mirrord.session.LiveProcess;
import dev.mirrord.session.ThisProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The provider protocol: {@code compose --project-name=P up|down --OPTION=VALUE… SERVICE}, answered
 * by JSON lines.
 */
final class Provider {
    private static final int ENDING_SECONDS = 30;
    private static final String ADVICE = "Make the override file with: docker mirrord override";

    /**
     * Runs its arguments but the first in the background, passes their first line on and ends: a
     * JVM that has a child takes 0.3 s longer to exit. The first argument is a name for a FIFO.
     */
    private static final String IN_BACKGROUND =
            """
            exec 3<&0
            fifo=$1
            shift
            rm -f "$fifo" && mkfifo -m 600 "$fifo" || exit
            "$@" <&3 3<&- >"$fifo" &
            IFS= read -r line <"$fifo"
            rm "$fifo"
            printf '%s\\n' "$line"
            """;

    private final String project;
    private final String service;
    private final PrintStream out;

    private Provider(List<String> words, PrintStream out) {
        this.project = option(words, "project-name");
        this.service = words.getLast();
        this.out = out;
    }

    static int run(List<String> words, PrintStream out) {
        if (words.contains("metadata")) {
            out.println(metadata());
            return 0;
        }
        try {
            Provider provider = new Provider(words, out);
            if (words.contains("up")) {
                return provider.up(option(words, "sidecar"), option(words, "config"));
            }
            if (words.contains("down")) {
                return provider.down();
            }
            throw new ComposeFailure("neither up nor down: " + String.join(" ", words));
        } catch (ComposeFailure failure) {
            return say(out, "error", String.valueOf(failure.getMessage()));
        }
    }

    private int up(String sidecar, String config) {
        ContextConfig.load(configuration(config), path -> Location.of("provider option config"));
        ServerState state = ServerState.of(project, service);
        Optional<ProcessHandle> running = state.server();
        if (running.isPresent() && state.config().equals(config)) {
            return say(out, "info", "the context is served already");
        }
        running.ifPresent(Provider::end);
        try {
            ProcessBuilder builder =
                    ThisProgram.again(
                                    Plugin.class,
                                    List.of(
                                            "serve",
                                            project,
                                            service,
                                            sidecar,
                                            state.file().toString(),
                                            parent()))
                            .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.command()
                    .addAll(
                            0,
                            List.of(
                                    "/bin/sh",
                                    "-c",
                                    IN_BACKGROUND,
                                    "mirrord",
                                    state.file() + ".out"));
            Process server = builder.start();
            try (OutputStream toServer = server.getOutputStream()) {
                toServer.write((config + "\n").getBytes(StandardCharsets.UTF_8));
            }
            try (BufferedReader fromServer = server.inputReader()) {
                String answer = fromServer.readLine();
                if (answer == null || !answer.startsWith("ready")) {
                    throw new ComposeFailure(
                            answer == null || answer.isBlank()
                                    ? "the server ended"
                                    : answer.replace("\\n", "\n"));
                }
            }
            return say(out, "info", "the target was found");
        } catch (IOException e) {
            throw new ComposeFailure("cannot start the context's server: " + e.getMessage());
        }
    }

    private int down() {
        ServerState.of(project, service).server().ifPresent(Provider::end);
        ServerState.removeLayers(project, service);
        return say(out, "debug", "the context is over");
    }

    private static void end(ProcessHandle server) {
        server.destroy();
        server.onExit().completeOnTimeout(server, ENDING_SECONDS, TimeUnit.SECONDS).join();
    }

    /** The compose that asked: when it has gone and made no container, nobody will. */
    private static String parent() {
        return ProcessHandle.current()
                .parent()
                .map(LiveProcess::of)
                .map(each -> each.number() + ":" + each.start())
                .orElse("");
    }

    private static ObjectNode configuration(String text) {
        try {
            if (Docker.JSON.readTree(text) instanceof ObjectNode config) {
                return config;
            }
        } catch (JsonProcessingException e) {
            // Said below, without the text: it may be long.
        }
        throw new ComposeFailure("the provider's option config is not a JSON object. " + ADVICE);
    }

    /** Compose passes a list as one option each time. */
    private static String option(List<String> words, String name) {
        String prefix = "--" + name + "=";
        List<String> values =
                words.stream()
                        .filter(word -> word.startsWith(prefix))
                        .map(word -> word.substring(prefix.length()))
                        .toList();
        if (values.size() != 1 || values.getFirst().isBlank()) {
            throw new ComposeFailure(
                    "the provider's option %s has to be one string, but %s. %s"
                            .formatted(
                                    name, values.size() > 1 ? "is a list" : "is missing", ADVICE));
        }
        return values.getFirst();
    }

    private static int say(PrintStream out, String type, String text) {
        out.println(Docker.JSON.createObjectNode().put("type", type).put("message", text));
        return type.equals("error") ? 1 : 0;
    }

    private static String metadata() {
        var node = Docker.JSON.createObjectNode();
        node.put("description", "Serves the context of a Kubernetes pod");
        var parameters = node.putObject("up").putArray("parameters");
        parameters
                .addObject()
                .put("name", "sidecar")
                .put("description", "The service that has the namespace")
                .put("required", true)
                .put("type", "string");
        parameters
                .addObject()
                .put("name", "config")
                .put("description", "mirrord's configuration, in JSON")
                .put("required", true)
                .put("type", "string");
        node.putObject("down").putArray("parameters");
        return node.toString();
    }
}
