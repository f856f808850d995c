package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table in docs/runtimes.md: the same sessions on each engine. */
class RuntimesClusterIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String APP = "mirrord-it-runtime";
    private static final String SECRET = "/etc/shop-secret/DATABASE_PASSWORD";

    /** Busybox, linked dynamically: files come by the preload library. */
    private static final String SCRIPT =
            "echo \"url=$CATALOG_URL\"; echo \"host=$(hostname)\"; echo \"file=$(cat "
                    + SECRET
                    + ")\"; wget -qO- http://catalog/; exit 7";

    private static Client client;

    @BeforeAll
    static void startClient() {
        client = Client.start("mirrord-it-runtimes");
    }

    @AfterAll
    static void endClient() {
        client.close();
    }

    @ParameterizedTest
    @MethodSource("dev.mirrord.it.TestedRuntime#here")
    void whatTheTableSaysOfAnEngineIsSo(TestedRuntime runtime) {
        RuntimeRow row = new RuntimeRow(runtime.name());
        Command.Result ran =
                runtime.run(
                        List.of("--fs-mode", "read"),
                        List.of("run", "--rm", Mirrord.MUSL, "sh", "-c", SCRIPT));
        row.check("environment", () -> contains(ran, "url=http://catalog\n"));
        row.check("DNS, outgoing", () -> contains(ran, "service: catalog"));
        row.check("host name", () -> contains(ran, "host=web-"));
        row.check(
                "files, preload",
                () -> contains(ran, "file=p@ss=w0rd with 'quotes\" and $dollar\n"));
        row.check("exit code", () -> assertThat(ran.exitCode()).as(ran.err()).isEqualTo(7));
        detached(runtime, row);
        row.check("signals", () -> signals(runtime));
        row.check("nothing left", () -> nothingIsLeft(runtime));
        row.check("after kill -9", () -> killed(runtime));
        row.compare();
    }

    /** A static program that steals a port and is asked for a file. */
    private static void detached(TestedRuntime runtime, RuntimeRow row) {
        AtomicReference<String> id = new AtomicReference<>("");
        row.check(
                "-d",
                () -> {
                    Command.Result started =
                            runtime.run(
                                    List.of("--steal", "--fs-mode", "read"),
                                    List.of(
                                            "run",
                                            "-d",
                                            "--name",
                                            APP,
                                            "-e",
                                            "SERVICE_NAME=app",
                                            Mirrord.STATIC,
                                            "listen",
                                            "80"));
                    id.set(started.orFail().outLine());
                    assertThat(id.get()).matches("[0-9a-f]{64}");
                });
        row.check(
                "steal",
                () ->
                        Eventually.within(SOON, () -> runtime.ask("logs", APP).toString())
                                .until(() -> client.askWeb("/").contains("service: app\n")));
        row.check(
                "files, supervised",
                () ->
                        assertThat(
                                        runtime.ask(
                                                        "exec",
                                                        APP,
                                                        "/.mirrord/run",
                                                        "/probe",
                                                        "cat",
                                                        SECRET)
                                                .orFail()
                                                .out())
                                .startsWith("p@ss=w0rd"));
        row.check(
                "stop",
                () -> {
                    runtime.ask("stop", "-t", "3", APP).orFail();
                    assertThat(runtime.ask("inspect", "-f", "{{.State.Status}}", APP).outLine())
                            .isEqualTo("exited");
                    Eventually.within(SOON, () -> runtime.leftovers().toString())
                            .until(() -> client.askWeb("/").contains("service: web\n"));
                });
        runtime.ask("rm", "-f", "-v", APP);
    }

    private static void signals(TestedRuntime runtime) {
        try (Command.Running app =
                runtime.start(List.of(), List.of("run", "--rm", Mirrord.STATIC, "signals", "9"))) {
            app.awaitOut("ready", SOON);
            app.signal("USR1");
            app.awaitOut("SIGUSR1", SOON);
            app.signal("TERM");
            assertThat(app.await(SOON).exitCode()).isEqualTo(9);
        }
    }

    private static void killed(TestedRuntime runtime) {
        try (Command.Running app =
                runtime.start(
                        List.of("--steal"),
                        List.of("run", "--rm", Mirrord.STATIC, "serve", "http=80"))) {
            app.awaitErr("probe: http on :80", SOON);
            assertThat(runtime.leftovers()).isNotEmpty();
            app.signal("KILL");
            nothingIsLeft(runtime);
        }
    }

    private static void nothingIsLeft(TestedRuntime runtime) {
        Eventually.within(SOON, () -> runtime.leftovers().toString())
                .until(() -> runtime.leftovers().isEmpty());
    }

    private static void contains(Command.Result result, String text) {
        assertThat(result.out()).as(result.err()).contains(text);
    }
}
