package dev.mirrord.session.kubernetes.placement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An image whose program does what its last argument says, in place of an agent: {@code ready},
 * {@code failed}, {@code crash} or {@code silent}. Made of a test image of dev/test-images.
 */
final class TestingAgentImage {

    static final String NAME = "mirrord-test/testing-agent";

    private static final String PROGRAM =
            "for last; do :; done; case $last in ready) echo starting; echo"
                    + " '{\\\"mirrord\\\":\\\"ready\\\",\\\"protocol\\\":1,"
                    + "\\\"port\\\":40001,\\\"certificateSha256\\\":\\\"00ff\\\"}';; failed) echo"
                    + " '{\\\"mirrord\\\":\\\"failed\\\",\\\"text\\\":\\\"no process of the"
                    + " target\\\"}'; exit 1;; crash) echo 'cannot start the engine' >&2; exit 3;;"
                    + " esac; trap 'exit 0' TERM; sleep 60 & wait";

    private TestingAgentImage() {}

    static void load() throws Exception {
        String dockerfile =
                "FROM mirrord-test/musl\nENTRYPOINT [\"/bin/sh\", \"-c\", \""
                        + PROGRAM
                        + "\", \"agent\"]\n";
        run(List.of("docker", "build", "-q", "-t", NAME, "-"), dockerfile);
        run(List.of(root().resolve("dev/cluster/load").toString(), NAME), "");
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.exists(directory.resolve("dev/cluster/load"))) {
            directory = directory.getParent();
        }
        if (directory == null) {
            throw new IllegalStateException("not run inside the project");
        }
        return directory;
    }

    private static void run(List<String> command, String input)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + said);
        }
    }
}
