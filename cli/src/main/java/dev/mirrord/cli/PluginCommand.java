package dev.mirrord.cli;

import dev.mirrord.session.SessionFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code mirrord plugin}: the plugin of Docker's command line that comes with this program. */
@Command(subcommands = {PluginCommand.InstallCommand.class, PluginCommand.RemoveCommand.class})
final class PluginCommand implements Callable<Integer> {
    private static final String NAME = "docker-mirrord";

    @Override
    public Integer call() {
        return new InstallCommand().call();
    }

    /** Where Docker's command line looks for a user's plugins. */
    private static Path place() {
        String config = System.getenv("DOCKER_CONFIG");
        Path docker =
                config == null || config.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".docker")
                        : Path.of(config);
        return docker.resolve("cli-plugins").resolve(NAME);
    }

    @Command(name = "install", description = "Link the plugin into ~/.docker/cli-plugins.")
    static final class InstallCommand implements Callable<Integer> {
        @Override
        public Integer call() {
            String program = System.getProperty("mirrord.plugin", "");
            if (program.isEmpty() || !Files.isExecutable(Path.of(program))) {
                throw new SessionFailure(
                        "the plugin " + NAME + " is not part of this installation of mirrord");
            }
            Path link = place();
            try {
                Files.createDirectories(link.getParent());
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, Path.of(program));
            } catch (IOException e) {
                throw new SessionFailure("cannot link " + link + " to " + program + ": " + e, e);
            }
            System.out.println(link + " -> " + program);
            return 0;
        }
    }

    @Command(name = "remove", description = "Take the link away.")
    static final class RemoveCommand implements Callable<Integer> {
        @Override
        public Integer call() {
            try {
                System.out.println(
                        Files.deleteIfExists(place())
                                ? place() + " removed"
                                : place() + " is not there");
                return 0;
            } catch (IOException e) {
                throw new SessionFailure("cannot remove " + place() + ": " + e, e);
            }
        }
    }
}
