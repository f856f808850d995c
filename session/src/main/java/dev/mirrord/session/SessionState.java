package dev.mirrord.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.config.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A session of this user on this machine, as its own directory tells.
 *
 * @param id of the session
 * @param process that serves it
 * @param since when it began
 * @param target as in {@code -t}
 * @param namespace of the target; empty: the context's
 * @param what is run: a container's name, else an image
 * @param log its file
 */
public record SessionState(
        String id,
        LiveProcess process,
        Instant since,
        String target,
        String namespace,
        String what,
        Path log) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "state.json";

    /** Writes the state of this process's session into its directory. */
    static void write(
            SessionId id, SessionRequest request, String what, Path log, SessionDirectory into)
            throws IOException {
        ObjectNode state =
                new SessionState(
                                id.value(),
                                LiveProcess.of(ProcessHandle.current()),
                                Instant.now(),
                                request.config().target().map(Target::path).orElse(""),
                                request.config().namespace().orElse(""),
                                what,
                                log)
                        .json();
        Files.write(into.path().resolve(FILE), JSON.writeValueAsBytes(state));
    }

    /** All sessions of this user that have a directory, the oldest first. */
    public static List<SessionState> all() {
        List<SessionState> found = new ArrayList<>();
        try (Stream<Path> directories = Files.list(SessionDirectory.ofUser())) {
            directories.forEach(directory -> read(directory.resolve(FILE)).ifPresent(found::add));
        } catch (IOException e) {
            return List.of(); // No session was ever run.
        }
        found.sort((a, b) -> a.since().compareTo(b.since()));
        return found;
    }

    private static Optional<SessionState> read(Path file) {
        try {
            JsonNode state = JSON.readTree(file.toFile());
            return Optional.of(
                    new SessionState(
                            state.path("session").asText(),
                            new LiveProcess(
                                    state.path("process").asLong(),
                                    state.path("processStart").asLong()),
                            Instant.parse(state.path("since").asText()),
                            state.path("target").asText(),
                            state.path("namespace").asText(),
                            state.path("runs").asText(),
                            Path.of(state.path("log").asText())));
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // Ended meanwhile, or not a session's directory.
        }
    }

    /** As {@code session list -o json} prints it. */
    public ObjectNode json() {
        return JSON.createObjectNode()
                .put("session", id)
                .put("target", target)
                .put("namespace", namespace)
                .put("runs", what)
                .put("since", since.toString())
                .put("process", process.number())
                .put("processStart", process.start())
                .put("log", log.toString());
    }

    /** The process that serves the session; empty when it was killed. */
    public Optional<ProcessHandle> server() {
        return process.find();
    }
}
