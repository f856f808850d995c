package dev.mirrord.session.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.command.CommandParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Podman, whose service nobody has started. */
@Timeout(60)
class PodmanEngineIT {
    private static final String PODMAN =
            Objects.requireNonNull(
                            System.getenv("MIRRORD_TEST_PODMAN"),
                            "MIRRORD_TEST_PODMAN is not set: run ./verify, or set it to what"
                                    + " dev/podman/up prints")
                    + "/podman";

    private static Engine engine(String... options) {
        List<String> words = new ArrayList<>(List.of(PODMAN));
        words.addAll(List.of(options));
        words.addAll(List.of("run", "img"));
        return Engine.of(CommandParser.parse(words), ClientEnvironment.ofThisProcess());
    }

    @Test
    void aServiceOfOurOwnAnswersAndEndsWithUs() throws Exception {
        List<Path> before = folders();
        try (Engine engine = engine()) {
            assertThat(engine.endpoint()).isEqualTo(new Endpoint.OwnService());
            assertThat(engine.isPodman()).isFalse();
            assertThat(engine.version().version()).startsWith("4.");
            assertThat(engine.isPodman()).isTrue();
            assertThat(engine.images().inspect("mirrord-none")).isEmpty();
            assertThat(engine.containers().inspect("mirrord-none")).isEmpty();
            assertThat(folders()).hasSize(before.size() + 1);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (folders().size() > before.size()) {
            assertThat(System.nanoTime()).as("left: %s", folders()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Its Docker API would look for docker.io/library/NAME. */
    @Test
    void anImageBuiltHereIsFoundByItsShortName() throws Exception {
        Path folder = Files.createTempDirectory("mirrord-podman-it");
        Files.writeString(folder.resolve("Dockerfile"), "FROM scratch\nCMD [\"/own\"]\n");
        TestingPrograms.run(PODMAN, "build", "-q", "-t", "mirrord-podman-it", folder.toString());
        try (Engine engine = engine()) {
            assertThat(engine.images().inspect("mirrord-podman-it").orElseThrow().command())
                    .containsExactly("/own");
            assertThat(engine.images().require("mirrord-podman-it"))
                    .matches("(sha256:)?[0-9a-f]{64}");
        } finally {
            TestingPrograms.run(PODMAN, "rmi", "-f", "mirrord-podman-it");
            Files.delete(folder.resolve("Dockerfile"));
            Files.delete(folder);
        }
    }

    @Test
    void aServiceThatDoesNotStartSaysWhy() {
        assertThatThrownBy(() -> engine("--storage-driver", "no-such"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("system service' does not start")
                .hasMessageContaining("no-such");
    }

    private static List<Path> folders() throws Exception {
        try (Stream<Path> all = Files.list(PodmanService.base())) {
            return all.filter(path -> path.getFileName().toString().startsWith("mirrord-podman"))
                    .filter(path -> !path.getFileName().toString().startsWith("mirrord-podman-it"))
                    .toList();
        }
    }
}
