package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What is asked of the user's docker command. */
final class Docker {
    static final ObjectMapper JSON = new ObjectMapper();

    /** Program and options before a command: {@code docker --context x}. */
    private static List<String> head = List.of("docker");

    private Docker() {}

    static void use(List<String> words) {
        head = List.copyOf(words);
    }

    static void useGlobals(List<String> words) {
        List<String> line = new ArrayList<>(List.of("docker"));
        line.addAll(words);
        use(line);
    }

    /** The user's client with {@code words}. */
    static List<String> line(List<String> words) {
        List<String> line = new ArrayList<>(head);
        line.addAll(words);
        return line;
    }

    /** Standard output; empty when it failed, whose words then go to standard error. */
    static Optional<String> ask(boolean quiet, List<String> words) {
        try {
            Process process =
                    new ProcessBuilder(line(words))
                            .redirectError(
                                    quiet
                                            ? ProcessBuilder.Redirect.DISCARD
                                            : ProcessBuilder.Redirect.INHERIT)
                            .start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? Optional.of(said) : Optional.empty();
        } catch (IOException e) {
            throw new ComposeFailure("cannot run docker: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** The same beside others. */
    static CompletableFuture<Optional<String>> begin(boolean quiet, List<String> words) {
        return CompletableFuture.supplyAsync(
                () -> ask(quiet, words), task -> Thread.ofPlatform().daemon().start(task));
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new ComposeFailure("docker answered no JSON: " + e.getMessage());
        }
    }
}
