package dev.mirrord.sidecar;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.Overrides;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The sidecar's configuration, made from what a user would write under feature.network. */
public final class TestingConfig {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TestingConfig() {}

    public static ObjectNode network(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (Exception e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static String json(ObjectNode network) throws Exception {
        ObjectNode config = JSON.createObjectNode();
        config.putObject("feature").set("network", network);
        Path file = Files.createTempFile("mirrord", ".json");
        try {
            Files.writeString(file, config.toString());
            return ConfigLoader.load(
                            ConfigSources.ofProcess(Optional.of(file.toString()), new Overrides()))
                    .config()
                    .sidecar()
                    .toJson();
        } finally {
            Files.delete(file);
        }
    }
}
