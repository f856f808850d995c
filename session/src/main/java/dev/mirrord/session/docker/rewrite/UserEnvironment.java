package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.CommandException;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.RunFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names of the variables that the user's line sets, which win over the target's. Values stay where
 * they are.
 */
public final class UserEnvironment {

    private UserEnvironment() {}

    /**
     * @param clientEnvironment what the docker client would see: a bare {@code NAME} in a file
     *     counts only if it is set there
     * @throws CommandException when a file cannot be read
     */
    public static Set<String> names(
            ContainerCommand command, Map<String, String> clientEnvironment) {
        Set<String> names = new TreeSet<>();
        for (String file : command.all(RunFlag.ENV_FILE)) {
            for (String line : lines(file)) {
                String entry = line.stripLeading();
                if (entry.isEmpty() || entry.startsWith("#")) {
                    continue;
                }
                String name = name(entry);
                if (entry.contains("=") || clientEnvironment.containsKey(name)) {
                    names.add(name);
                }
            }
        }
        for (String value : command.all(RunFlag.ENV)) {
            String name = name(value);
            if (name.isEmpty()) {
                throw new CommandException("invalid environment variable: " + value);
            }
            names.add(name);
        }
        return names;
    }

    private static String name(String entry) {
        int equals = entry.indexOf('=');
        return equals < 0 ? entry : entry.substring(0, equals);
    }

    private static List<String> lines(String file) {
        try {
            String text = Files.readString(Path.of(file));
            return (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
        } catch (IOException failure) {
            throw new CommandException(
                    "--env-file "
                            + file
                            + " cannot be read: "
                            + failure.getClass().getSimpleName());
        }
    }
}
