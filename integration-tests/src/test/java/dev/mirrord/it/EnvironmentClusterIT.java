package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Point 1: the app sees the target's environment. */
class EnvironmentClusterIT {
    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @Test
    void valuesArriveUnchanged() {
        Map<String, String> target = parse(ofTarget());
        Map<String, String> app =
                parse(Mirrord.onWeb().run(Mirrord.STATIC, "envdump").orFail().out());
        for (String name :
                new String[] {
                    "DATABASE_URL",
                    "DATABASE_PASSWORD",
                    "WITH_NEWLINE",
                    "WITH_QUOTES",
                    "WITH_SPACES",
                    "WITH_SHELL",
                    "WITH_UNICODE",
                    "WITH_TAB",
                    "WITH_EQUALS",
                    "EMPTY",
                    "POD_IP",
                    "dotted.name",
                    "dashed-name",
                    "KUBERNETES_SERVICE_HOST"
                }) {
            assertThat(app).as(name).containsEntry(name, target.get(name));
        }
    }

    @Test
    void namesThatDescribeTheImageStayTheImages() {
        Map<String, String> app =
                parse(Mirrord.onWeb().run(Mirrord.STATIC, "envdump").orFail().out());
        assertThat(app).doesNotContainKey("JAVA_TOOL_OPTIONS");
        assertThat(app.get("PATH"))
                .isEqualTo(
                        parse(
                                        Command.docker(
                                                        "run", "--rm", Mirrord.STATIC, "envdump")
                                                .orFail()
                                                .out())
                                .get("PATH"));
    }

    @Test
    void theUsersOwnVariablesWin() {
        Mirrord line = Mirrord.onWeb().docker("-e", "DATABASE_URL=mine", "-e", "OWN=1");
        Map<String, String> app = parse(line.run(Mirrord.STATIC, "envdump").orFail().out());
        assertThat(app).containsEntry("DATABASE_URL", "mine").containsEntry("OWN", "1");
    }

    @Test
    void includeAndExcludeChoose() {
        Map<String, String> included =
                parse(
                        Mirrord.onWeb()
                                .with("-s", "DATABASE_*;EMPTY")
                                .run(Mirrord.STATIC, "envdump")
                                .orFail()
                                .out());
        assertThat(included).containsKeys("DATABASE_URL", "EMPTY").doesNotContainKey("POD_IP");
        Map<String, String> excluded =
                parse(
                        Mirrord.onWeb()
                                .with("-x", "DATABASE_*")
                                .run(Mirrord.STATIC, "envdump")
                                .orFail()
                                .out());
        assertThat(excluded).containsKey("POD_IP").doesNotContainKey("DATABASE_URL");
    }

    @Test
    void theConfigurationOverridesMapsAndUnsets(@TempDir Path directory) throws Exception {
        Path envFile = Files.writeString(directory.resolve("more.env"), "FROM_FILE='a b'\n");
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.json"),
                        """
                        {"feature": {"env": {
                          "override": {"ADDED": "x=y"},
                          "mapping": {"LOG_.*": "trace"},
                          "unset": ["pod_ip"],
                          "env_file": "%s"}}}
                        """
                                .formatted(envFile));
        Map<String, String> app =
                parse(
                        Mirrord.onWeb()
                                .with("-f", config.toString())
                                .run(Mirrord.STATIC, "envdump")
                                .orFail()
                                .out());
        assertThat(app)
                .containsEntry("ADDED", "x=y")
                .containsEntry("LOG_LEVEL", "trace")
                .containsEntry("FROM_FILE", "a b")
                .doesNotContainKey("POD_IP");
    }

    @Test
    void noValueIsInArgvInspectOrLabels() {
        String name = "mirrord-it-secrets";
        try (Command.Running app =
                Mirrord.onWeb().docker("--name", name).start(Mirrord.STATIC, "signals")) {
            Eventually.within(java.time.Duration.ofSeconds(60), () -> app.err().text())
                    .until(
                            () ->
                                    Command.docker("exec", name, "/.mirrord/run", "/probe", "env", "EMPTY")
                                                    .exitCode()
                                            == 0);
            String everything =
                    Command.shell(
                                    "docker ps -aq | xargs docker inspect; ps -eo args; kubectl get jobs,pods -A -l dev.mirrord/session -o json 2>/dev/null; cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
                            .out();
            assertThat(everything)
                    .contains(name)
                    .doesNotContain("p@ss=w0rd")
                    .doesNotContain("BEGIN PRIVATE KEY");
        }
    }

    /** The target's environment as the kernel has it. */
    private static String ofTarget() {
        return Command.kubectl(
                        "exec", "-n", "shop", "deployment/web", "-c", "web", "--", "probe", "envdump")
                .orFail()
                .out();
    }

    private static Map<String, String> parse(String dump) {
        Map<String, String> variables = new TreeMap<>();
        for (String entry : dump.split("\0")) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                variables.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        assertThat(dump.getBytes(StandardCharsets.UTF_8)).isNotEmpty();
        return variables;
    }
}
