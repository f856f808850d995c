package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sidecar's process is killed: the app lives, and soon has all that it had. */
class SidecarDeathClusterIT {
    private static final Duration START = Duration.ofSeconds(60);
    private static final String NAME = "mirrord-it-death";

    /**
     * Serves all the while, holds a connection and tells how that ends, and runs what is typed,
     * line by line.
     */
    private static final String APP =
            """
            probe listen 80 &
            python3 -c 'import socket
            s = socket.create_connection(("echo", 7), 10)
            s.sendall(b"x")
            while not s.recv(1000).endswith(b"x"):
                pass
            print("holds", flush=True)
            s.settimeout(30)
            try:
                print("ended:", s.recv(1), flush=True)
            except ConnectionResetError:
                print("reset", flush=True)' &
            while read -r line; do eval "$line"; echo "done: $line"; done
            kill %1
            """;

    private static Client client;

    @BeforeAll
    static void startClient() {
        client = Client.start("mirrord-it-sidecar-death");
    }

    @AfterAll
    static void nothingIsLeft() {
        client.close();
        Cluster.assertNothingLeft();
    }

    @Test
    void theSameAppGoesOnWithNewConnectionsNamesAndStolenTraffic() throws Exception {
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("--steal")
                        .docker("-i", "-e", "SERVICE_NAME=app", "--name", NAME)
                        .docker("--entrypoint", "bash")
                        .start(Mirrord.GLIBC, "-c", APP)) {
            Eventually.within(START, app::text)
                    .until(() -> client.askWeb("/").contains("service: app\n"));
            app.awaitOut("holds", START);

            long killed = System.nanoTime();
            SidecarProcess.kill(NAME);

            app.awaitOut("reset", START);
            app.awaitErr("the sidecar's process had died and was started again", START);
            Duration resumed = Duration.ofNanos(System.nanoTime() - killed);
            type(app, "probe tcp echo:7 hello; probe dns catalog ip4; probe udp echo:7 datagram");
            app.awaitOut("done: probe tcp", START);
            assertThat(app.out().text()).contains("hello", "datagram").doesNotContain("ended:");
            Eventually.within(Duration.ofSeconds(5), app::text)
                    .until(() -> client.askWeb("/").contains("service: app\n"));
            System.out.println("resumed after " + resumed.toMillis() + " ms");
            assertThat(resumed).isLessThan(Duration.ofSeconds(5));

            app.process().getOutputStream().close();
            assertThat(app.await(START).exitCode()).isZero();
        }
    }

    private static void type(Command.Running app, String line) throws IOException {
        app.process().getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        app.process().getOutputStream().flush();
    }
}
