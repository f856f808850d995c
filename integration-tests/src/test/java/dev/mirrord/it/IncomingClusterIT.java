package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Point 4: the target's incoming traffic, mirrored, stolen or left alone. */
class IncomingClusterIT {
    private static final Duration START = Duration.ofSeconds(60);

    @AfterEach
    void theTargetAnswers() {
        assertThat(ask()).startsWith("web-");
    }

    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @Test
    void aStolenPortIsAnsweredByTheAppAndGivenBack() {
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("--steal")
                        .docker("-e", "SERVICE_NAME=stolen-by-app")
                        .start(Mirrord.STATIC, "listen", "80")) {
            Eventually.within(START, () -> app.err().text())
                    .until(() -> askService().contains("stolen-by-app"));
            for (int i = 0; i < 20; i++) {
                assertThat(askService()).contains("stolen-by-app");
            }
        }
        Eventually.within(Duration.ofSeconds(10), IncomingClusterIT::askService)
                .until(() -> !askService().contains("stolen-by-app"));
    }

    @Test
    void theAppSeesTheTruePeer() {
        String client = clientAddress();
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("--steal")
                        .docker("-e", "SERVICE_NAME=stolen-by-app")
                        .start(Mirrord.STATIC, "listen", "80")) {
            Eventually.within(START, () -> app.err().text())
                    .until(() -> askService().contains("stolen-by-app"));
            assertThat(askService()).contains(client);
        }
    }

    @Test
    void aMirroredPortIsAnsweredByTheTargetWhileTheAppGetsACopy() {
        try (Command.Running app =
                Mirrord.onWeb()
                        .docker("--entrypoint", "python3")
                        .start(Mirrord.GLIBC, "-u", "-m", "http.server", "80")) {
            Eventually.within(START, () -> app.err().text() + app.out().text())
                    .until(
                            () -> {
                                assertThat(askService("/copy-me")).contains("web-");
                                return (app.err().text() + app.out().text()).contains("/copy-me");
                            });
        }
    }

    @Test
    void offLeavesIncomingAlone(@org.junit.jupiter.api.io.TempDir java.nio.file.Path directory)
            throws Exception {
        java.nio.file.Path config =
                java.nio.file.Files.writeString(
                        directory.resolve("mirrord.yaml"),
                        "feature: {network: {incoming: off}}\n");
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("-f", config.toString())
                        .docker("--entrypoint", "python3")
                        .start(Mirrord.GLIBC, "-u", "-m", "http.server", "80")) {
            app.awaitErr("Serving HTTP", START);
            for (int i = 0; i < 10; i++) {
                askService("/not-for-you");
            }
            assertThat(app.err().text() + app.out().text()).doesNotContain("/not-for-you");
        }
    }

    @Test
    void aKilledAgentGivesThePortBackAtOnce() {
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("--steal")
                        .docker("-e", "SERVICE_NAME=stolen-by-app")
                        .start(Mirrord.STATIC, "listen", "80")) {
            Eventually.within(START, () -> app.err().text())
                    .until(() -> askService().contains("stolen-by-app"));
            Command.shell(
                            "docker exec mirrord-node pkill -KILL -f dev.mirrord.agent.AgentMain")
                    .orFail();
            Eventually.within(Duration.ofSeconds(1), IncomingClusterIT::ask)
                    .until(() -> !ask().contains("stolen-by-app"));
            for (int i = 0; i < 20; i++) {
                assertThat(askService()).startsWith("web-");
            }
        }
    }

    private static String ask() {
        return askService();
    }

    private static String askService() {
        return askService("/");
    }

    /** Asks the service from another pod, as any client in the cluster does. */
    private static String askService(String path) {
        return Command.kubectl(
                        "exec", "-n", "shop", "deployment/echo", "--", "/probe", "get", "http://web" + path)
                .out();
    }

    private static String clientAddress() {
        return Command.kubectl(
                        "get", "pod", "-n", "shop", "-l", "app=echo", "-o",
                        "jsonpath={.items[0].status.podIP}")
                .orFail()
                .outLine();
    }
}
