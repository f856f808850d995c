package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests of one port, some for the app and some for the target, under load. */
class FilteredStealClusterIT {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration AFTER_KILL = Duration.ofSeconds(20);

    private static Client client;

    @BeforeAll
    static void startClient() {
        client = Client.start("mirrord-it-filtered");
    }

    @AfterAll
    static void nothingIsLeft() {
        client.close();
        Cluster.assertNothingLeft();
    }

    @Test
    void theTargetAnswersTheOthersEvenWhenTheCommandIsKilled(@TempDir Path directory)
            throws IOException {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.yaml"),
                        """
                        feature:
                          network:
                            incoming:
                              mode: steal
                              http_filter:
                                any_of:
                                - path: ^/mine
                                - baggage: mirrord-session=alice
                        """);
        try (Command.Running load =
                        client.background("wrk", "-t1", "-c8", "-d15s", "http://web/others");
                Command.Running app =
                        Mirrord.onWeb()
                                .with("-f", config.toString())
                                .docker("-e", "SERVICE_NAME=app")
                                .start(Mirrord.STATIC, "listen", "80")) {
            Eventually.within(START, app::text)
                    .until(() -> client.askWeb("/mine").contains("service: app\n"));
            assertThat(client.askWeb("/mine/1")).contains("peer: " + client.address() + ":");
            assertThat(client.askWeb("/others"))
                    .contains("service: web\n", "peer: " + client.address() + ":");
            assertThat(
                            client.run(
                                            "curl",
                                            "-sS",
                                            "-H",
                                            "Baggage: a=b,mirrord-session=alice",
                                            "http://web/")
                                    .orFail()
                                    .out())
                    .contains("service: app\n");
            assertThat(askHttp2("/mine")).contains("service: app\n", "protocol: HTTP/2.0\n");
            assertThat(askHttp2("/others")).contains("service: web\n", "protocol: HTTP/2.0\n");
            app.signal("KILL");
            Command.Result loaded = load.await(START);
            assertThat(loaded.out())
                    .contains("requests in")
                    .doesNotContain("Socket errors", "Non-2xx");
            assertThat(client.askWeb("/mine")).contains("service: web\n");
            Cluster.assertNothingLeftAfter(AFTER_KILL);
        }
    }

    private static String askHttp2(String path) {
        return client.run(
                        "curl",
                        "-sS",
                        "--http2-prior-knowledge",
                        "--max-time",
                        "10",
                        "http://web" + path)
                .orFail()
                .out();
    }
}
