package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Point 1: the app sees the target's environment. */
class EnvironmentClusterIT {
    /** What of the target's is not the app's: it describes the image. */
    private static final Set<String> IMAGES = Set.of("PATH", "HOME", "PWD", "JAVA_TOOL_OPTIONS");

    /** Prints one environment as {@code name sha256-of-value}, so that every byte counts. */
    private static final String DIGESTS =
            """
            import hashlib
            for entry in open('/proc/%s/environ', 'rb').read().split(b'\\0')[:-1]:
                name, _, value = entry.partition(b'=')
                print(name.decode(), hashlib.sha256(value).hexdigest())
            """;

    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @Test
    void everyValueOfTheTargetsProcessArrivesByteForByte() {
        Map<String, String> target =
                digests(Pods.inWeb("python3", "-c", DIGESTS.formatted("1")).orFail().out());
        Map<String, String> app = digests(python(Mirrord.onWeb()));
        assertThat(target)
                .containsKeys(
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
                        "app.properties",
                        "KUBERNETES_SERVICE_HOST",
                        "JAVA_TOOL_OPTIONS");
        Map<String, String> expected = new TreeMap<>(target);
        expected.keySet().removeAll(IMAGES);
        assertThat(app).containsAllEntriesOf(expected).doesNotContainKey("JAVA_TOOL_OPTIONS");
        Map<String, String> plain =
                digests(
                        Command.docker(
                                        "run",
                                        "--rm",
                                        "--entrypoint",
                                        "python3",
                                        Mirrord.GLIBC,
                                        "-c",
                                        DIGESTS.formatted("self"))
                                .orFail()
                                .out());
        assertThat(app.get("PATH")).isNotNull().isEqualTo(plain.get("PATH"));
        assertThat(app.get("HOME")).isEqualTo(plain.get("HOME"));
        Set<String> unexplained = new java.util.TreeSet<>(app.keySet());
        unexplained.removeAll(target.keySet());
        unexplained.removeAll(plain.keySet());
        assertThat(unexplained).isEmpty();
    }

    @Test
    void twoHundredKilobytesOfAwkwardTextArrive(@TempDir Path directory) throws Exception {
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < 5; i++) {
            values.put("BIG_" + i, awkward(i, 50_000));
        }
        String data =
                values.entrySet().stream()
                        .map(each -> quoted(each.getKey()) + ":" + quoted(each.getValue()))
                        .collect(Collectors.joining(","));
        String manifest =
                """
                {"kind":"List","apiVersion":"v1","items":[
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"it-big","namespace":"shop"},
                 "data":{%s}},
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"it-big","namespace":"shop"},
                 "spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"app",
                  "image":"mirrord-test/static-go","imagePullPolicy":"IfNotPresent",
                  "args":["serve","http=8080"],"envFrom":[{"configMapRef":{"name":"it-big"}}]}]}}]}
                """
                        .formatted(data);
        Path file = Files.writeString(directory.resolve("big.json"), manifest);
        try {
            Command.kubectl("create", "-f", file.toString()).orFail();
            Command.kubectl(
                            "wait",
                            "-n",
                            "shop",
                            "--for=condition=Ready",
                            "pod/it-big",
                            "--timeout=60s")
                    .orFail();
            Map<String, String> app = digests(python(Mirrord.on("pod/it-big")));
            int bytes = 0;
            for (Map.Entry<String, String> each : values.entrySet()) {
                byte[] value = each.getValue().getBytes(StandardCharsets.UTF_8);
                bytes += value.length;
                assertThat(app).containsEntry(each.getKey(), digest(value));
            }
            assertThat(bytes).isGreaterThan(200 * 1024);
        } finally {
            Command.kubectl("delete", "-f", file.toString(), "--ignore-not-found", "--wait=false");
        }
    }

    /** /proc/PID/environ and /proc/PID/fd of another user are closed to a root without rights. */
    @Test
    void aTargetThatRunsAsAnotherUserIsReadToo(@TempDir Path directory) throws Exception {
        Map<String, String> app = dump(Mirrord.on("deployment/catalog"));
        assertThat(app)
                .containsEntry("SERVICE_NAME", "catalog")
                .containsKeys("KUBERNETES_SERVICE_HOST", "HOSTNAME");
        Path file =
                Files.writeString(
                        directory.resolve("pod.json"),
                        """
                        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"it-user","namespace":"shop"},
                         "spec":{"terminationGracePeriodSeconds":0,
                          "securityContext":{"runAsUser":1000,"runAsNonRoot":true},
                          "containers":[
                           {"name":"app","image":"mirrord-test/static-go","imagePullPolicy":"IfNotPresent",
                            "args":["serve","http=8080"]},
                           {"name":"other","image":"mirrord-test/static-go","imagePullPolicy":"IfNotPresent",
                            "args":["serve","http=8081"]}]}}
                        """);
        try {
            Command.kubectl("create", "-f", file.toString()).orFail();
            Command.kubectl(
                            "wait",
                            "-n",
                            "shop",
                            "--for=condition=Ready",
                            "pod/it-user",
                            "--timeout=60s")
                    .orFail();
            // No port is declared, so only /proc/PID/fd tells which container listens where.
            Command.Result ports =
                    Mirrord.on("pod/it-user/container/app")
                            .script("probe tcp 127.0.0.1:8080; probe tcp 127.0.0.1:8081");
            assertThat(ports.out()).as(ports.err()).matches("ECONNREFUSED .*\\nconnected .*\\n");
        } finally {
            Command.kubectl("delete", "-f", file.toString(), "--ignore-not-found", "--wait=false");
        }
    }

    @Test
    void theUsersOwnVariablesWinOverTargetAndImage(@TempDir Path directory) throws Exception {
        Path own = Files.writeString(directory.resolve("own.env"), "OWN_FILE=2\nEMPTY=full\n");
        Map<String, String> app =
                dump(
                        Mirrord.onWeb()
                                .with("-x", "WITH_*;POD_NAME")
                                .docker("-e", "DATABASE_URL=mine", "-e", "OWN=1", "-e", "PATH=/own")
                                .docker("--env-file", own.toString()));
        assertThat(app)
                .containsEntry("DATABASE_URL", "mine")
                .containsEntry("OWN", "1")
                .containsEntry("PATH", "/own")
                .containsEntry("OWN_FILE", "2")
                .containsEntry("EMPTY", "full")
                .containsEntry("CATALOG_URL", "http://catalog")
                .containsKey("POD_IP")
                .doesNotContainKeys("WITH_QUOTES", "WITH_TAB", "POD_NAME");
    }

    @Test
    void includeTakesOnlyWhatItNames() {
        Map<String, String> app = dump(Mirrord.onWeb().with("-s", "DATABASE_*;EMPTY"));
        assertThat(app)
                .containsKeys("DATABASE_URL", "DATABASE_PASSWORD")
                .containsEntry("EMPTY", "")
                .doesNotContainKeys("POD_IP", "CATALOG_URL");
    }

    @Test
    void theConfigurationOverridesMapsUnsetsAndAddsAFile(@TempDir Path directory) throws Exception {
        Path envFile = Files.writeString(directory.resolve("more.env"), "FROM_FILE='a b'\n");
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.json"),
                        """
                        {"feature": {"env": {
                          "override": {"ADDED": "x=y", "DATABASE_URL": "other"},
                          "mapping": {"^LOG_.*": "trace"},
                          "unset": ["pod_ip"],
                          "env_file": "%s"}}}
                        """
                                .formatted(envFile));
        Map<String, String> app = dump(Mirrord.onWeb().with("-f", config.toString()));
        assertThat(app)
                .containsEntry("ADDED", "x=y")
                .containsEntry("DATABASE_URL", "other")
                .containsEntry("LOG_LEVEL", "trace")
                .containsEntry("FROM_FILE", "a b")
                .containsEntry("CATALOG_URL", "http://catalog")
                .doesNotContainKey("POD_IP");
    }

    @Test
    void noValueIsInArgvInspectLabelsOrLogs() {
        String name = "mirrord-it-secrets";
        try (Command.Running app =
                Mirrord.onWeb()
                        .with("-v")
                        .docker("--name", name)
                        .start(Mirrord.STATIC, "serve", "http=8080")) {
            app.awaitErr("http on :8080", Duration.ofSeconds(90));
            String session =
                    Command.docker(
                                    "inspect",
                                    "-f",
                                    "{{index .Config.Labels \"dev.mirrord/session\"}}",
                                    name)
                            .orFail()
                            .outLine();
            String secret =
                    Command.docker(
                                    "exec",
                                    name,
                                    "/.mirrord/run",
                                    "/probe",
                                    "env",
                                    "DATABASE_PASSWORD")
                            .orFail()
                            .outLine();
            assertThat(secret).startsWith("p@ss=w0rd");
            String containers =
                    Command.shell(
                                    "docker ps -aq --filter label=dev.mirrord/session="
                                            + session
                                            + " | xargs docker inspect")
                            .orFail()
                            .out();
            String objects =
                    Command.kubectl(
                                    "get",
                                    "jobs,pods,secrets,configmaps",
                                    "-A",
                                    "-l",
                                    "dev.mirrord/session=" + session,
                                    "-o",
                                    "json")
                            .orFail()
                            .out();
            String agentLog =
                    Command.kubectl(
                                    "logs",
                                    "-n",
                                    "shop",
                                    "-l",
                                    "dev.mirrord/session=" + session,
                                    "--tail=-1")
                            .orFail()
                            .out();
            String sidecarLog =
                    Command.shell(
                                    "for each in $(docker ps -q --filter label=dev.mirrord/session="
                                            + session
                                            + "); do docker logs $each 2>&1; done")
                            .out();
            String sessionLog =
                    Command.shell("cat " + Sessions.STATE + "/mirrord/" + session + ".log")
                            .orFail()
                            .out();
            String processes = Command.shell("cat /proc/[0-9]*/cmdline | tr '\\0' ' '").out();
            assertThat(containers).contains(name, "sidecar");
            assertThat(objects).contains("\"Pod\"", "\"Job\"");
            assertThat(agentLog).contains("ready");
            assertThat(sidecarLog).contains("connected");
            assertThat(sessionLog).isNotBlank();
            assertThat(processes).contains(name);
            for (String text :
                    List.of(
                            containers,
                            objects,
                            agentLog,
                            sidecarLog,
                            sessionLog,
                            processes,
                            app.err().text())) {
                assertThat(text)
                        .doesNotContain("p@ss=w0rd", "postgres://shop:secret")
                        .doesNotContain("BEGIN PRIVATE KEY", "BEGIN EC PRIVATE KEY");
            }
        }
    }

    private static String python(Mirrord line) {
        return line.docker("--entrypoint", "python3")
                .run(Mirrord.GLIBC, "-c", DIGESTS.formatted("self"))
                .orFail()
                .out();
    }

    private static Map<String, String> digests(String out) {
        return out.lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(each -> each[0], each -> each[1]));
    }

    private static String digest(byte[] value) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
    }

    /** At least {@code length} characters of what quoting gets wrong. */
    private static String awkward(int seed, int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append("k%d=v=%d \"'`$HOME \\\\ \t grüße 世界 🚀\n".formatted(seed, text.length()));
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                + '"';
    }

    /** The environment of the static image's program. */
    private static Map<String, String> dump(Mirrord line) {
        Map<String, String> variables = new TreeMap<>();
        for (String entry : line.run(Mirrord.STATIC, "envdump").orFail().out().split("\0")) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                variables.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        assertThat(variables).isNotEmpty();
        return variables;
    }
}
