package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes wrong is said in one clear sentence, with exit code 125, no stack trace, and nothing
 * left.
 */
class BadInputClusterIT {
    private static final String ACCOUNT = "mirrord-it-restricted";
    private static final String JOBS = ACCOUNT + "-jobs";

    @AfterAll
    static void nothingIsLeft() {
        Cluster.assertNothingLeft();
    }

    @Test
    void noArgumentsShowHelpWithThreeExamples() {
        Command.Result result = Command.mirrord();
        assertThat(result.exitCode()).isZero();
        assertThat(result.out().lines().filter(line -> line.startsWith("  mirrord "))).hasSize(3);
    }

    @Test
    void anUnknownDeploymentNamesTheNearest() {
        fails(Mirrord.on("deployment/wbe").run(Mirrord.STATIC, "uid"), "wbe", "web");
    }

    @Test
    void anUnknownContainerNamesTheNearest() {
        fails(Mirrord.on("deployment/web/container/cach").run(Mirrord.STATIC, "uid"), "cache");
    }

    @Test
    void anUnknownNamespaceIsNamed() {
        fails(
                Command.mirrord(
                        "container",
                        "-t",
                        "deployment/web",
                        "-n",
                        "shpo",
                        "--",
                        "docker",
                        "run",
                        "--rm",
                        Mirrord.STATIC,
                        "uid"),
                "shpo",
                "shop");
    }

    @Test
    void anUnknownContextIsNamed() {
        fails(Mirrord.onWeb().with("--context", "nowhere").run(Mirrord.STATIC, "uid"), "nowhere");
    }

    @Test
    void aMalformedTargetShowsTheForms() {
        for (String target : List.of("web", "deployment/", "nosuch/web", "pod/a/b", "pod/UPPER")) {
            fails(
                    Mirrord.on(target).run(Mirrord.STATIC, "uid"),
                    "\"" + target + "\"",
                    "deployment/NAME");
        }
    }

    @Test
    void noTargetListsDeployments() {
        fails(
                Command.mirrord(
                        "container",
                        "-n",
                        "shop",
                        "--",
                        "docker",
                        "run",
                        "--rm",
                        Mirrord.STATIC,
                        "uid"),
                "deployment/web",
                "targetless");
    }

    @Test
    void anUnknownFlagOfDockerNamesTheNearest() {
        fails(Mirrord.onWeb().docker("--publsh", "80").run(Mirrord.STATIC, "uid"), "--publish");
    }

    @Test
    void anUnknownFlagOfOursNamesTheNearest() {
        fails(Mirrord.onWeb().with("--stael").run(Mirrord.STATIC, "uid"), "--steal");
    }

    @Test
    void aNetworkModeThatCannotBeIsRefused() {
        fails(Mirrord.onWeb().docker("--network", "host").run(Mirrord.STATIC, "uid"), "host");
    }

    @Test
    void anUnknownImageIsNamed() {
        fails(Mirrord.onWeb().run("mirrord-test/no-such-image", "uid"), "no-such-image");
    }

    @Test
    void anUnreachableEngineIsNamed() {
        Command.Running running =
                Command.startMirrord(
                        Mirrord.onWeb().line(Mirrord.STATIC, "uid"),
                        Map.of("DOCKER_HOST", "unix:///nowhere/docker.sock"));
        fails(Command.finish(running, Duration.ofSeconds(60)), "/nowhere/docker.sock");
    }

    @Test
    void anUnreachableApiServerIsNamed(@TempDir Path directory) throws Exception {
        String text =
                Files.readString(Path.of(Cluster.kubeconfig()))
                        .replaceAll("server: .*", "server: https://127.0.0.1:1");
        Path kubeconfig = Files.writeString(directory.resolve("config"), text);
        Command.Running running =
                Command.startMirrord(
                        Mirrord.onWeb().line(Mirrord.STATIC, "uid"),
                        Map.of("KUBECONFIG", kubeconfig.toString()));
        fails(Command.finish(running, Duration.ofSeconds(60)), "127.0.0.1:1");
    }

    @Test
    void anUnknownConfigurationKeyNamesTheNearest(@TempDir Path directory) throws Exception {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.json"), "{\"feature\":{\"netwrok\":true}}");
        fails(
                Mirrord.onWeb().with("-f", config.toString()).run(Mirrord.STATIC, "uid"),
                "netwrok",
                "network");
    }

    @Test
    void aConfigurationOfTheWrongTypeIsNamed(@TempDir Path directory) throws Exception {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.json"),
                        "{\"feature\":{\"env\":{\"override\":3}}}");
        fails(
                Mirrord.onWeb().with("-f", config.toString()).run(Mirrord.STATIC, "uid"),
                "feature.env.override");
    }

    @Test
    void anAgentImageThatCannotBePulledIsNamed() {
        fails(
                Mirrord.onWeb().with("-i", "nowhere.invalid/agent:1").run(Mirrord.STATIC, "uid"),
                "nowhere.invalid/agent:1");
    }

    @Test
    void aPodThatIsNotRunningIsNamed() {
        Command.shell(
                        "printf 'apiVersion: v1\\n"
                                + "kind: Pod\\n"
                                + "metadata: {name: stuck, namespace: shop}\\n"
                                + "spec: {nodeSelector: {nowhere: x}, containers: [{name: c, image:"
                                + " mirrord-test/static-go}]}\\n"
                                + "' | ${MIRRORD_TEST_KUBECTL:-kubectl} apply -f -")
                .orFail();
        try {
            fails(Mirrord.on("pod/stuck").run(Mirrord.STATIC, "uid"), "stuck", "Pending");
        } finally {
            Command.kubectl("delete", "pod", "-n", "shop", "stuck", "--now");
        }
    }

    @Test
    void anUnknownPodIsNamed() {
        fails(Mirrord.on("pod/orders-7").run(Mirrord.STATIC, "uid"), "orders-7", "orders-0");
    }

    @Test
    void anAgentThatIsNotScheduledIsExplained(@TempDir Path directory) throws Exception {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.yaml"),
                        "agent: {node_selector: {nowhere: x}}\n");
        fails(
                Mirrord.on("targetless").with("-f", config.toString()).run(Mirrord.STATIC, "uid"),
                "not scheduled",
                "agent.node_selector");
    }

    @Test
    void anAgentForWhichTheNodeHasNoRoomIsExplained(@TempDir Path directory) throws Exception {
        Path config =
                Files.writeString(
                        directory.resolve("mirrord.yaml"),
                        "agent: {resources: {requests: {cpu: '1000'}}}\n");
        fails(
                Mirrord.onWeb().with("-f", config.toString()).run(Mirrord.STATIC, "uid"),
                "does not take",
                "cpu",
                "agent.resources");
    }

    /** Each step's refusal says verb, resource and namespace. */
    @Test
    void refusalsOfTheClusterSayWhatIsMissing(@TempDir Path directory) throws Exception {
        Command.kubectl("create", "serviceaccount", "-n", "shop", ACCOUNT).orFail();
        try {
            Path kubeconfig = kubeconfigOfAccount(directory);
            failsAs(kubeconfig, "not allowed to get deployments.apps in namespace shop", "403");
            Command.kubectl(
                            "create",
                            "role",
                            "-n",
                            "shop",
                            ACCOUNT,
                            "--verb=get,list,watch",
                            "--resource=deployments.apps,replicasets.apps,pods")
                    .orFail();
            bind(ACCOUNT);
            failsAs(kubeconfig, "not allowed to create jobs.batch in namespace shop", "403");
            Command.kubectl(
                            "create",
                            "role",
                            "-n",
                            "shop",
                            JOBS,
                            "--verb=create,delete",
                            "--resource=jobs.batch,pods/portforward")
                    .orFail();
            bind(JOBS);
            failsAs(kubeconfig, "not allowed to get pods/log in namespace shop", "403");
        } finally {
            Command.kubectl(
                    "delete",
                    "serviceaccount,role,rolebinding",
                    "-n",
                    "shop",
                    ACCOUNT,
                    JOBS,
                    "--ignore-not-found");
        }
    }

    private static void bind(String role) {
        Command.kubectl(
                        "create",
                        "rolebinding",
                        "-n",
                        "shop",
                        role,
                        "--role=" + role,
                        "--serviceaccount=shop:" + ACCOUNT)
                .orFail();
    }

    /** Docker's own words about an image come first; nothing else does. */
    private static boolean isOurs(String line) {
        return line.startsWith("mirrord: ")
                || line.startsWith("Unable to find image")
                || line.startsWith("Using default tag");
    }

    private static void failsAs(Path kubeconfig, String... texts) {
        Command.Running running =
                Command.startMirrord(
                        Mirrord.onWeb().line(Mirrord.STATIC, "uid"),
                        Map.of("KUBECONFIG", kubeconfig.toString()));
        fails(Command.finish(running, Duration.ofSeconds(60)), texts);
    }

    /** The test's kubeconfig with the account's token instead of its credentials. */
    private static Path kubeconfigOfAccount(Path directory) throws Exception {
        String token = Command.kubectl("create", "token", "-n", "shop", ACCOUNT).orFail().outLine();
        Path file =
                Files.writeString(
                        directory.resolve("restricted"),
                        Command.kubectl("config", "view", "--raw", "--minify").orFail().out());
        for (String[] words :
                new String[][] {
                    {"set-credentials", "restricted", "--token=" + token},
                    {"set-context", "--current", "--user=restricted"}
                }) {
            String[] line = new String[words.length + 3];
            line[0] = "--kubeconfig";
            line[1] = file.toString();
            line[2] = "config";
            System.arraycopy(words, 0, line, 3, words.length);
            Command.kubectl(line).orFail();
        }
        return file;
    }

    private static void fails(Command.Result result, String... texts) {
        assertThat(result.exitCode()).as(result.err()).isEqualTo(125);
        assertThat(result.err().lines().findFirst())
                .as(result.err())
                .get()
                .matches(BadInputClusterIT::isOurs);
        assertThat(result.err())
                .contains(List.of(texts))
                .doesNotContain("\tat ", "Exception", "unexpected");
    }
}
