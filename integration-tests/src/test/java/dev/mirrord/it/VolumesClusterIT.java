package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The target's volumes as mounts of the app's container. What reads them is a static program that
 * no library reaches and nobody supervises.
 */
class VolumesClusterIT {
    private static final Duration START = Duration.ofSeconds(60);
    private static final String NAME = "mirrord-it-volumes";
    private static final String STATIC = "/bin/busybox:/busybox:ro";
    private static final String CONFIG = "/etc/volumes-it/config/key";

    private static final String TARGET =
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: volumes-it, namespace: shop}
            data: {key: "one\\n"}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: volumes-it, namespace: shop}
            stringData: {word: "hidden\\n"}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: volumes-it, namespace: shop}
            spec:
              selector: {matchLabels: {app: volumes-it}}
              template:
                metadata: {labels: {app: volumes-it}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: app
                    image: mirrord-test/glibc
                    imagePullPolicy: IfNotPresent
                    command: [sleep, infinity]
                    volumeMounts:
                    - {name: config, mountPath: /etc/volumes-it/config}
                    - {name: config, mountPath: /etc/volumes-it/single, subPath: key}
                    - {name: secret, mountPath: /etc/volumes-it/secret}
                    - {name: scratch, mountPath: /scratch}
                    - {name: scratch, mountPath: /own}
                  volumes:
                  - {name: config, configMap: {name: volumes-it}}
                  - {name: secret, secret: {secretName: volumes-it, defaultMode: 0400}}
                  - {name: scratch, emptyDir: {}}
            """;

    /** Runs what is typed, line by line. */
    private static final String APP =
            "while read -r line; do eval \"$line\" 2>&1; echo \"done: $line\"; done";

    @TempDir Path directory = Path.of("");

    @BeforeAll
    static void makeTarget() {
        Pods.apply(TARGET);
        Pods.rolledOut("volumes-it");
    }

    @AfterAll
    static void nothingIsLeft() {
        Pods.remove("volumes-it");
        Command.kubectl("delete", "-n", "shop", "configmap/volumes-it", "secret/volumes-it");
        Cluster.assertNothingLeft();
    }

    private Mirrord volumes(String fs) throws IOException {
        Path file = directory.resolve("mirrord.json");
        Files.writeString(file, "{\"feature\":{\"fs\":" + fs + "}}");
        return Mirrord.on("deployment/volumes-it").with("-f", file.toString());
    }

    @Test
    void anyProgramHasThemAsTheTargetHasThem() throws Exception {
        try (Command.Running app =
                volumes("{\"mode\":\"read\",\"engine\":\"preload\",\"volumes\":\"write\"}")
                        .docker("-i", "--name", NAME, "-v", STATIC, "--tmpfs", "/own")
                        .docker("--entrypoint", "/busybox")
                        .start(Mirrord.GLIBC, "sh", "-c", APP)) {
            assertThat(
                            type(
                                    app,
                                    "/busybox cp -a /etc/volumes-it /tmp/copy; cd /tmp/copy;"
                                            + " /busybox cat config/key secret/word single"))
                    .isEqualTo("one\nhidden\none\n");
            assertThat(
                            type(
                                    app,
                                    "/busybox head -c 2"
                                        + " /var/run/secrets/kubernetes.io/serviceaccount/token"))
                    .isEqualTo("ey");
            assertThat(type(app, "echo x >" + CONFIG)).contains("Read-only file system");
            assertThat(app.err().text())
                    .containsOnlyOnce(
                            "not mounted: the target's volume /own: the container has a mount of"
                                    + " its own at /own");

            assertThat(type(app, "echo written >/scratch/file")).isEmpty();
            assertThat(inTarget("cat /scratch/file")).isEqualTo("written");
            inTarget("echo later >/scratch/file");
            awaitIn(app, Duration.ofMillis(2500), "/busybox cat /scratch/file", "later\n");
            updateConfig("two");
            awaitIn(app, Duration.ofMillis(2500), "/busybox cat " + CONFIG, "two\n");

            assertThat(Command.docker("exec", NAME, "/busybox", "cat", CONFIG).orFail().outLine())
                    .isEqualTo("two");

            String count = "/busybox grep -c fuse.mirrord /proc/self/mountinfo";
            String before = type(app, count);
            SidecarProcess.kill(NAME);
            awaitIn(app, START, "/busybox cat " + CONFIG, "two\n");
            assertThat(type(app, count)).isEqualTo(before).isEqualTo("5\n");

            type(app, "(while /busybox cat " + CONFIG + "; do :; done; echo over) 2>&1 &");
            Command.docker("kill", SidecarProcess.container(NAME)).orFail();
            app.awaitOut("over", Duration.ofSeconds(10));
            assertThat(app.out().text())
                    .containsAnyOf("Transport endpoint is not connected", "connection abort");
            app.process().getOutputStream().close();
            app.await(START);
        }
        assertThat(
                        Command.shell(
                                        "grep -h fuse.mirrord /proc/[0-9]*/mountinfo 2>/dev/null |"
                                                + " grep -c volumes-it")
                                .outLine())
                .isEqualTo("0");
    }

    @Test
    void composeHasThemAndMakesThemAnewAfterARestart() throws IOException {
        try (ComposeProject project =
                new ComposeProject(
                        directory,
                        NAME,
                        """
                        x-mirrord:
                          target: deployment/volumes-it
                          namespace: shop
                          feature: {network: {incoming: false}, fs: {mode: local, volumes: true}}
                        services:
                          reader:
                            image: mirrord-test/glibc
                            entrypoint: [/busybox, sh, -c]
                            command: ["/busybox cat /etc/volumes-it/secret/word; echo x >/scratch/new; exec /busybox sleep 1000"]
                            volumes: [/bin/busybox:/busybox:ro]
                            x-mirrord: {}
                          closed:
                            image: mirrord-test/glibc
                            command: [echo, started]
                            read_only: true
                            x-mirrord: {}
                        """)) {
            project.mirrord("up", "-d").orFail();
            awaitLog("reader", "hidden");
            awaitLog("reader", "Read-only file system");
            awaitLog("closed", "EROFS");
            assertThat(log("closed"))
                    .contains("cannot mount the target's volume /", "make it in the image")
                    .doesNotContain("started");

            project.mirrord("restart", "-t", "1", "reader").orFail();
            awaitLog("reader", "hidden(?s).*hidden");
        }
    }

    private static void awaitLog(String service, String expression) {
        Pattern pattern = Pattern.compile(expression);
        Eventually.within(START, () -> log(service))
                .until(() -> pattern.matcher(log(service)).find());
    }

    private static String log(String service) {
        Command.Result said = Command.docker("logs", NAME + "-" + service + "-1").orFail();
        return said.out() + said.err();
    }

    private static String inTarget(String script) {
        return Command.kubectl(
                        "exec", "-n", "shop", "deployment/volumes-it", "--", "sh", "-c", script)
                .orFail()
                .outLine();
    }

    /** The kubelet writes it into the volume when it looks at the pod, which an annotation asks. */
    private static void updateConfig(String value) {
        Command.kubectl(
                        "patch",
                        "-n",
                        "shop",
                        "configmap/volumes-it",
                        "-p",
                        "{\"data\":{\"key\":\"" + value + "\\n\"}}")
                .orFail();
        Eventually.within(START, () -> inTarget("cat " + CONFIG))
                .until(
                        () -> {
                            Command.kubectl(
                                            "annotate",
                                            "-n",
                                            "shop",
                                            "pod",
                                            "-l",
                                            "app=volumes-it",
                                            "--overwrite",
                                            "looked=" + System.nanoTime())
                                    .orFail();
                            return inTarget("cat " + CONFIG).equals(value);
                        });
    }

    private static void awaitIn(Command.Running app, Duration limit, String line, String expected) {
        String[] last = {""};
        Eventually.within(limit, () -> line + ": " + last[0])
                .until(
                        () -> {
                            last[0] = type(app, line);
                            return last[0].equals(expected);
                        });
    }

    /** What a line prints. */
    private static String type(Command.Running app, String line) {
        String end = "done: " + line + "\n";
        int start = app.out().text().length();
        try {
            app.process().getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            app.process().getOutputStream().flush();
        } catch (IOException e) {
            throw new AssertionError(app.text(), e);
        }
        Eventually.within(START, app::text)
                .until(() -> app.out().text().substring(start).contains(end));
        String text = app.out().text().substring(start);
        return text.substring(0, text.indexOf(end));
    }
}
