package dev.mirrord.session.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The layer volume goes with the last container that has it, and not before. */
@Timeout(120)
class LayerVolumeIT {

    private static TestingPrograms programs;

    @BeforeAll
    static void build() throws Exception {
        programs = new TestingPrograms();
    }

    @AfterAll
    static void remove() throws Exception {
        programs.close();
    }

    @Test
    void withRmNothingStaysOfTheSession() throws Exception {
        try (TestingSession session =
                new TestingSession("docker", "run", "--rm", TestingPrograms.APP, "exit", "0")) {
            String volume = volumeOfStarted(session);
            session.app();
            session.engine.containers().removeSession(session.id);

            assertThat(session.volumeExists(volume)).isFalse();
        }
    }

    @Test
    void withoutRmTheVolumeStaysWithTheAppAndGoesWithIt() throws Exception {
        try (TestingSession session =
                new TestingSession("docker", "run", TestingPrograms.APP, "exit", "3")) {
            String volume = volumeOfStarted(session);
            assertThat(session.app().exitCode()).isEqualTo(3);
            session.engine.containers().removeSession(session.id);
            String app = session.engine.containers().app(session.id).orElseThrow().id();

            assertThat(session.volumeExists(volume)).isTrue();
            assertThat(session.inspect(app, "{{.State.ExitCode}}")).isEqualTo("3");

            TestingPrograms.run("docker", "rm", "-v", app);
            assertThat(session.volumeExists(volume)).isFalse();
        }
    }

    @Test
    void aRunningAppKeepsItsLayerWhenTheOthersAreRemoved() throws Exception {
        try (TestingSession session =
                new TestingSession("docker", "run", "-d", TestingPrograms.APP, "wait")) {
            String volume = volumeOfStarted(session);
            String app = session.app().output();
            session.engine.containers().removeSession(session.id);

            assertThat(session.volumeExists(volume)).isTrue();
            assertThat(TestingPrograms.run("docker", "exec", app, "/call", "see", "/.mirrord/run"))
                    .endsWith("/.mirrord/run=10");
        }
    }

    @Test
    void theVolumeCarriesTheSessionsLabelsAndTheImagesLayer() throws Exception {
        try (TestingSession session = new TestingSession("docker", "run", TestingPrograms.APP)) {
            String volume = volumeOfStarted(session);

            assertThat(
                            TestingPrograms.run(
                                    "docker",
                                    "volume",
                                    "inspect",
                                    "-f",
                                    "{{json .Labels}}",
                                    volume))
                    .contains("\"dev.mirrord/session\":\"" + session.id + "\"");
            assertThat(
                            TestingPrograms.run(
                                    "docker",
                                    "exec",
                                    session.sidecar().name(),
                                    "/call",
                                    "see",
                                    "/.mirrord/run"))
                    .endsWith("/.mirrord/run=11");
        }
    }

    private static String volumeOfStarted(TestingSession session) throws Exception {
        session.start();
        String volume = session.layerVolume();
        assertThat(session.volumeExists(volume)).isTrue();
        return volume;
    }

    @Test
    void onceTheSidecarRunsTheLayerContainerIsNotNeededToStartTheApp() throws Exception {
        try (TestingSession session =
                new TestingSession("docker", "create", TestingPrograms.APP, "exit", "4")) {
            String volume = volumeOfStarted(session);
            String app = session.app().output();
            session.engine.containers().remove(session.sidecar().layerName());

            assertThat(session.volumeExists(volume)).isTrue();
            assertThat(TestingPrograms.result(List.of("docker", "start", "-a", app)).exitCode())
                    .isEqualTo(4);
        }
    }
}
