package dev.mirrord.session.docker.command;

import java.util.Locale;
import java.util.Optional;

/** The program at the head of a container line. */
public enum ContainerRuntime {
    DOCKER,
    PODMAN,
    NERDCTL;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * By the base name of the program: {@code /usr/local/bin/docker}, {@code docker.exe}, {@code
     * docker-28} are docker.
     */
    public static Optional<ContainerRuntime> of(String program) {
        String base = program.substring(program.lastIndexOf('/') + 1);
        String name = base.substring(base.lastIndexOf('\\') + 1).toLowerCase(Locale.ROOT);
        for (ContainerRuntime runtime : values()) {
            String word = runtime.word();
            if (name.equals(word)
                    || (name.startsWith(word) && !Character.isLetter(name.charAt(word.length())))) {
                return Optional.of(runtime);
            }
        }
        return Optional.empty();
    }
}
