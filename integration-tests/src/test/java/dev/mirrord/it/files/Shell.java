package dev.mirrord.it.files;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Programs of the machine, run in a directory. */
final class Shell {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Shell() {}

    /** What a script says, errors included; names of bytes that are no text stay what they are. */
    static String in(Path directory, String script) throws Exception {
        return run(directory, PATIENCE, List.of("bash", "-c", script)).out();
    }

    static Ended run(Path directory, Duration patience, List<String> command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        CompletableFuture<Void> late =
                CompletableFuture.runAsync(
                        process::destroyForcibly,
                        CompletableFuture.delayedExecutor(
                                patience.toMillis(), TimeUnit.MILLISECONDS));
        byte[] output = process.getInputStream().readAllBytes();
        int code = process.waitFor();
        late.cancel(false);
        return new Ended(code, new String(output, StandardCharsets.ISO_8859_1));
    }

    /** A program that has ended; 137 when it took too long. */
    record Ended(int code, String out) {}
}
