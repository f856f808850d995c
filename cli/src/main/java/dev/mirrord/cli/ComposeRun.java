package dev.mirrord.cli;

import dev.mirrord.config.SettingsReport;
import dev.mirrord.session.ComposeContext;
import dev.mirrord.session.SessionDirectory;
import dev.mirrord.session.SessionFailure;
import dev.mirrord.session.Signals;
import dev.mirrord.session.docker.command.ComposeWords;
import dev.mirrord.session.docker.command.ContainerRuntime;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code mirrord container … -- docker compose …}: the plugin runs compose, with the context of
 * this command line for the chosen services.
 */
final class ComposeRun {
    private final ComposeWords compose;
    private final List<String> services;
    private final boolean quiet;

    ComposeRun(ComposeWords compose, List<String> services, boolean quiet) {
        this.compose = compose;
        this.services = List.copyOf(services);
        this.quiet = quiet;
    }

    /** Says what does not go with compose. */
    void check(boolean asTarget, boolean dryRun) {
        if (compose.runtime() != ContainerRuntime.DOCKER) {
            throw new SessionFailure(
                    "%s compose has no providers, which keep a service's context: use docker compose"
                            .formatted(compose.runtime().word()));
        }
        if (asTarget) {
            throw new SessionFailure(
                    "--as-target completes a docker run line; a service's image, command and user"
                            + " are the compose file's: remove it");
        }
        if (dryRun) {
            throw new SessionFailure(
                    "--dry-run does not go with docker compose: docker compose config in its place"
                            + " prints what the services become");
        }
    }

    int run(SettingsReport settings) {
        List<String> line = new ArrayList<>(List.of(plugin(), "mirrord", "compose"));
        line.addAll(compose.rest());
        ProcessBuilder builder = new ProcessBuilder(line).inheritIO();
        builder.environment().put(ComposeContext.VARIABLE, context(settings));
        ComposeContext.overruled(settings).forEach(builder.environment()::remove);
        for (String signal : List.of("INT", "HUP")) {
            Signals.handle(signal, () -> {}); // The terminal tells compose too.
        }
        try {
            offerProvider(builder.environment());
            Process running = builder.start();
            Signals.handle("TERM", running::destroy);
            return running.waitFor();
        } catch (IOException e) {
            throw new SessionFailure("cannot run the plugin docker-mirrord: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FailureText.OUR_FAILURE;
        }
    }

    private static String plugin() {
        String program = System.getProperty("mirrord.plugin", "");
        if (program.isEmpty() || !Files.isExecutable(Path.of(program))) {
            throw new SessionFailure(
                    "docker compose needs the plugin docker-mirrord, which is not part of this"
                            + " installation of mirrord");
        }
        return program;
    }

    /**
     * Compose takes a provider that is no plugin of docker's from the path, so that nothing has to
     * be installed.
     */
    private static void offerProvider(Map<String, String> environment) throws IOException {
        Path programs = Files.createDirectories(SessionDirectory.ofUser().resolve("provider"));
        Path link = programs.resolve("mirrord");
        Path program = Path.of(plugin());
        if (!Files.isSymbolicLink(link) || !Files.readSymbolicLink(link).equals(program)) {
            Path made = programs.resolve("mirrord." + ProcessHandle.current().pid());
            Files.deleteIfExists(made);
            Files.createSymbolicLink(made, program);
            Files.move(made, link, StandardCopyOption.ATOMIC_MOVE);
        }
        environment.merge(
                "PATH", programs.toString(), (path, first) -> first + File.pathSeparator + path);
    }

    String context(SettingsReport settings) {
        return ComposeContext.value(compose.docker(), services, quiet, settings);
    }
}
