package dev.mirrord.session.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.session.docker.rewrite.SplitStart;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a later docker start of the app says. */
@Timeout(120)
class SplitStartIT {

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
    void theNameOfASidecarThatCameLaterSaysWhatToRun() throws Exception {
        try (TestingSession session =
                new TestingSession("docker", "run", TestingPrograms.APP, "exit", "5")) {
            SplitStart split = SplitStart.of(session.command, session.rewrite).orElseThrow();
            Containers containers = session.engine.containers();
            containers.createLayer(split.sidecar());
            String app = TestingPrograms.result(split.create()).output();
            containers.start(containers.createSidecar(split.sidecar()));

            assertThat(TestingPrograms.result(split.start(app)).exitCode()).isEqualTo(5);
            // and again, while the session lasts
            assertThat(TestingPrograms.result(split.start(app)).exitCode()).isEqualTo(5);

            containers.removeSession(session.id);
            TestingPrograms.Result later = TestingPrograms.result(List.of("docker", "start", app));
            assertThat(later.exitCode()).isEqualTo(1);
            assertThat(later.output())
                    .contains("No such container: " + session.sidecar().name())
                    .contains("run-mirrord-container-for-a-new-one");
        }
    }

    @Test
    void afterAPlainRunTheEngineOnlyKnowsTheSidecarsId() throws Exception {
        try (TestingSession session =
                new TestingSession("docker", "run", TestingPrograms.APP, "exit", "5")) {
            session.start().app();
            session.engine.containers().removeSession(session.id);
            String app = session.engine.containers().app(session.id).orElseThrow().id();

            assertThat(TestingPrograms.result(List.of("docker", "start", app)).output())
                    .containsPattern("No such container: [0-9a-f]{64}");
        }
    }
}
