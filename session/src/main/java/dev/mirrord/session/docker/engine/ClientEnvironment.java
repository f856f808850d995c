package dev.mirrord.session.docker.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the user's docker client would see of its surroundings. */
public record ClientEnvironment(Map<String, String> variables, Path home, boolean windows) {

    public ClientEnvironment {
        variables = Map.copyOf(variables);
    }

    public static ClientEnvironment ofThisProcess() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        return new ClientEnvironment(
                System.getenv(),
                Path.of(System.getProperty("user.home", "/")),
                system.startsWith("windows"));
    }

    /** An empty variable counts as absent, as it does for docker. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    boolean exists(Path path) {
        return Files.exists(path);
    }
}
