package dev.mirrord.session.docker.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.session.docker.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** The docker client's folder: {@code config.json} and the store of contexts. */
record DockerConfig(Path directory) {

    /** A stored context's engine. */
    record Context(String host, boolean tls) {}

    Optional<String> currentContext() {
        Path file = directory.resolve("config.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return Optional.of(read(file).path("currentContext").asText("")).filter(n -> !n.isEmpty());
    }

    /** Empty when there is none of that name. */
    Optional<Context> context(String name) {
        String folder = sha256(name);
        Path contexts = directory.resolve("contexts");
        Path file = contexts.resolve("meta").resolve(folder).resolve("meta.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String host = read(file).path("Endpoints").path("docker").path("Host").asText("");
        boolean tls = Files.isDirectory(contexts.resolve("tls").resolve(folder).resolve("docker"));
        return Optional.of(new Context(host, tls));
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(Files.readString(file));
        } catch (IOException failure) {
            throw new EngineException(
                    "the docker client's file " + file + " cannot be read: " + failure.getMessage(),
                    "Repair it, or name another folder with DOCKER_CONFIG.",
                    failure);
        }
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every JDK has SHA-256", absent);
        }
    }
}
