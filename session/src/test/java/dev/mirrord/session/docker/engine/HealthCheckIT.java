package dev.mirrord.session.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Health checks run through the launcher: the stand-in marks the environment. */
@Timeout(180)
class HealthCheckIT {

    private static final String IMAGE = "mirrord-docker-it/health";
    private static final String MARK =
            "[ \"$LAUNCHED\" = run ] && echo \"it's fine\" && [ \"$1\" = \"\" ]";

    private static TestingPrograms programs;

    @BeforeAll
    static void build() throws Exception {
        programs = new TestingPrograms();
    }

    @AfterAll
    static void remove() throws Exception {
        TestingPrograms.run("docker", "rmi", "-f", IMAGE);
        programs.close();
    }

    private static void image(String health) throws Exception {
        programs.build(
                IMAGE,
                "FROM debian:bookworm-slim\nCOPY call /call\nENTRYPOINT [\"/call\"]\n" + health);
    }

    @Test
    void theShellFormSeesTheContext() throws Exception {
        image("HEALTHCHECK --interval=1s CMD " + MARK + "\n");
        assertThat(health("docker", "run", "-d", IMAGE, "wait")).isEqualTo("healthy it's fine");
    }

    @Test
    void theExecFormSeesTheContext() throws Exception {
        image(
                "HEALTHCHECK --interval=1s CMD [\"/bin/bash\", \"-c\","
                        + " \"[ $LAUNCHED = run ] && echo \\\"$0\\\"\", \"a  'b'\"]\n");
        assertThat(health("docker", "run", "-d", IMAGE, "wait")).isEqualTo("healthy a  'b'");
    }

    @Test
    void theUsersCommandSeesTheContextAndFailsAsItWould() throws Exception {
        image("HEALTHCHECK --interval=1s CMD false\n");
        assertThat(health("docker", "run", "-d", "--health-cmd", MARK, IMAGE, "wait"))
                .isEqualTo("healthy it's fine");
        assertThat(
                        health(
                                "docker",
                                "run",
                                "-d",
                                "--health-retries=1",
                                "--health-cmd",
                                "echo no; exit 1",
                                IMAGE,
                                "wait"))
                .isEqualTo("unhealthy no");
    }

    private static String health(String... words) throws Exception {
        try (TestingSession session = new TestingSession(words)) {
            String app = session.start().app().output();
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (true) {
                String state = session.inspect(app, "{{.State.Health.Status}}");
                if (!state.equals("starting") || System.nanoTime() > deadline) {
                    return state
                            + " "
                            + session.inspect(app, "{{(index .State.Health.Log 0).Output}}");
                }
                Thread.sleep(100);
            }
        }
    }
}
