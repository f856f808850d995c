package dev.mirrord.it.files;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Programs of the machine, run in a directory. */
final class Shell {
    private Shell() {}

    /** What a script says, errors included; names of bytes that are no text stay what they are. */
    static String in(Path directory, String script) throws Exception {
        Process process =
                new ProcessBuilder("bash", "-c", script)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        byte[] output = process.getInputStream().readAllBytes();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running: " + script);
        }
        return new String(output, StandardCharsets.ISO_8859_1);
    }
}
