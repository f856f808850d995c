package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.LiveProcess;
import dev.mirrord.session.SessionDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** Which process serves a context, in the user's runtime directory. */
record ServerState(Path file) {
    /** On a layer's volume: the service whose server uses it. */
    static final String LAYER_LABEL = "dev.mirrord/layer";

    /** On a sidecar: names of the service's own variables. */
    static final String ENVIRONMENT_LABEL = "dev.mirrord/environment";

    /** On a sidecar: the service's own nameservers. */
    static final String NAMESERVERS_LABEL = "dev.mirrord/nameservers";

    static ServerState of(String project, String service) {
        try {
            return new ServerState(
                    SessionDirectory.ofUser().resolve("compose." + project + "." + service));
        } catch (IOException e) {
            throw new ComposeFailure("cannot use the runtime directory: " + e.getMessage());
        }
    }

    /** The server, if it lives: a process id that is used again has another start. */
    Optional<ProcessHandle> server() {
        JsonNode state = read();
        return new LiveProcess(state.path("pid").asLong(-1), state.path("start").asLong()).find();
    }

    String config() {
        return read().path("config").asText();
    }

    void writeSelf(String config) throws IOException {
        LiveProcess self = LiveProcess.of(ProcessHandle.current());
        String text =
                Docker.JSON
                        .createObjectNode()
                        .put("pid", self.number())
                        .put("start", self.start())
                        .put("config", config)
                        .toString();
        Path written = Path.of(file + ".new");
        Files.writeString(
                written, text, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    void remove() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(failureFile());
    }

    private Path failureFile() {
        return Path.of(file + ".failure");
    }

    /** Says to who waits for the service why it will not come. */
    void writeFailure(String text) throws IOException {
        Files.writeString(failureFile(), text);
    }

    /** Why the service did not come, once. */
    Optional<String> takeFailure() {
        try {
            String text = Files.readString(failureFile());
            Files.delete(failureFile());
            return Optional.of(text);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What compose leaves of a context when it has removed its containers. */
    static void removeLayers(String project, String service) {
        Docker.ask(
                        true,
                        List.of(
                                "volume",
                                "ls",
                                "-q",
                                "--filter",
                                "label=com.docker.compose.project=" + project,
                                "--filter",
                                "label=" + LAYER_LABEL + "=" + service))
                .ifPresent(
                        names ->
                                names.lines()
                                        .forEach(
                                                each ->
                                                        Docker.ask(
                                                                true,
                                                                List.of("volume", "rm", each))));
    }

    private JsonNode read() {
        try {
            return Docker.parse(Files.readString(file));
        } catch (IOException e) {
            return Docker.JSON.createObjectNode();
        }
    }
}
