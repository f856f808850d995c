package dev.mirrord.session.docker.engine;

import dev.mirrord.session.docker.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A {@code podman system service} for the length of a session, for a user who has none running. A
 * shell stands between: when this process ends, however it ends, the kernel closes the shell's
 * standard input, and the shell ends the service. A terminal's signals reach neither.
 */
final class PodmanService implements Bridge {
    private static final String SCRIPT =
            """
            trap '' INT TERM HUP QUIT
            directory=$1
            shift
            setsid "$@" "unix://$directory/sock" </dev/null &
            service=$!
            read -r _
            kill $service
            wait $service
            rm -f "$directory/sock"
            rmdir "$directory"
            """;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Path directory;
    private final Process shell;
    private final TailReader errors;

    private PodmanService(Path directory, Process shell) {
        this.directory = directory;
        this.shell = shell;
        this.errors = TailReader.of(shell.getErrorStream());
    }

    /** Starts one and waits until it answers. */
    static PodmanService open(DockerCli cli) {
        try {
            Path directory = Files.createTempDirectory(base(), "mirrord-podman"); // mode 0700
            List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT));
            words.add("mirrord-podman-service");
            words.add(directory.toString());
            words.addAll(cli.line("system", "service", "--time=0"));
            PodmanService service =
                    new PodmanService(
                            directory,
                            cli.start(
                                    new ProcessBuilder(words)
                                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)));
            service.awaitAnswer(cli);
            return service;
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot make a folder for podman's socket", failure);
        }
    }

    static Path base() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        return runtime != null && Files.isWritable(Path.of(runtime))
                ? Path.of(runtime)
                : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private void awaitAnswer(DockerCli cli) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!answers(socket())) {
            if (errors.ended() || System.nanoTime() > end) {
                close();
                throw new EngineException(
                        "'%s system service' does not start: %s"
                                .formatted(cli.program(), errors.text()),
                        "Check that '%s info' works.".formatted(cli.program()));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Whether somebody listens at a socket. */
    static boolean answers(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException nobody) {
            return false;
        }
    }

    @Override
    public Path socket() {
        return directory.resolve("sock");
    }

    @Override
    public String lastError() {
        return errors.text();
    }

    /** The shell sees to the rest. */
    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
        } catch (IOException gone) {
            shell.destroy();
        }
    }
}
