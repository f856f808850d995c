package dev.mirrord.session.docker.engine;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the user's container client would see of its surroundings.
 *
 * @param root whether the user is root, who has containers of their own
 */
public record ClientEnvironment(
        Map<String, String> variables, Path home, Platform platform, boolean root) {

    /** Where the client runs. */
    public enum Platform {
        LINUX,
        WINDOWS,
        MAC;

        static Platform of(String name) {
            String system = name.toLowerCase(Locale.ROOT);
            if (system.startsWith("windows")) {
                return WINDOWS;
            }
            return system.startsWith("mac") ? MAC : LINUX;
        }
    }

    public ClientEnvironment {
        variables = Map.copyOf(variables);
    }

    public static ClientEnvironment ofThisProcess() {
        return new ClientEnvironment(
                System.getenv(),
                Path.of(System.getProperty("user.home", "/")),
                Platform.of(System.getProperty("os.name", "")),
                System.getProperty("user.name", "").equals("root"));
    }

    /** An empty variable counts as absent, as it does for docker. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    boolean answers(Path socket) {
        return PodmanService.answers(socket);
    }
}
