package dev.mirrord.session.kubernetes.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.KubeconfigText;
import dev.mirrord.session.kubernetes.Sandbox;
import dev.mirrord.session.kubernetes.TestCluster;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.Json;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TargetResolverClusterIT {

    private static Sandbox sandbox;
    private static Cluster cluster;
    private static TargetResolver resolver;
    private static final List<String> notices = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() {
        sandbox = new Sandbox();
        sandbox.echo("echo");
        sandbox.deployment("web", 1, "app", "cache");
        sandbox.deployment("asleep", 0, "app");
        cluster = sandbox.open();
        resolver = new TargetResolver(cluster, notices::add);
    }

    @AfterAll
    static void stop() {
        cluster.close();
        sandbox.close();
    }

    @Test
    void aPodByName() {
        ResolvedTarget target = resolver.resolve(new Target.Pod("echo", null));
        assertThat(target.pod()).isEqualTo(new PodRef(sandbox.namespace(), "echo"));
        assertThat(target.container()).isEqualTo("echo");
        assertThat(target.containerId()).startsWith("containerd://");
        assertThat(target.bareContainerId()).matches("[0-9a-f]{64}");
        assertThat(target.hostname()).isEqualTo("echo");
        assertThat(target.declaredPorts()).containsExactly(8080);
        assertThat(target.podIps()).isNotEmpty();
        assertThat(target.serviceAccount()).isEqualTo("default");
    }

    @Test
    void aDeploymentByNameWithAndWithoutContainer() {
        assertThat(
                        resolver.resolve(new Target.Workload(WorkloadKind.DEPLOYMENT, "web", null))
                                .container())
                .isEqualTo("app");
        ResolvedTarget target =
                resolver.resolve(new Target.Workload(WorkloadKind.DEPLOYMENT, "web", "cache"));
        assertThat(target.container()).isEqualTo("cache");
        assertThat(target.pod().name()).startsWith("web-");
    }

    @Test
    void aPodThatDoesNotExistNamesTheNearest() {
        assertThatThrownBy(() -> resolver.resolve(new Target.Pod("ecko", null)))
                .hasMessageStartingWith(
                        "pod ecko does not exist: not found in namespace "
                                + sandbox.namespace()
                                + " of context ")
                .hasMessageContaining("did you mean echo? there are echo, ");
    }

    @Test
    void aDeploymentThatDoesNotExistNamesTheNearest() {
        assertThatThrownBy(
                        () ->
                                resolver.resolve(
                                        new Target.Workload(WorkloadKind.DEPLOYMENT, "wep", null)))
                .hasMessageStartingWith("deployment wep does not exist: ")
                .hasMessageEndingWith("did you mean web? there are web, asleep");
    }

    @Test
    void aContainerThatDoesNotExistNamesTheNearest() {
        assertThatThrownBy(
                        () ->
                                resolver.resolve(
                                        new Target.Workload(
                                                WorkloadKind.DEPLOYMENT, "web", "cach")))
                .hasMessageStartingWith("container cach does not exist: not in pod web-")
                .hasMessageEndingWith("did you mean cache? there are cache, app");
    }

    @Test
    void aDeploymentWithoutPodsIsToldHowToScale() {
        assertThatThrownBy(
                        () ->
                                resolver.resolve(
                                        new Target.Workload(
                                                WorkloadKind.DEPLOYMENT, "asleep", null)))
                .hasMessage(
                        "deployment asleep has no pod: its replicas are 0; scale it up: kubectl"
                                + " scale deployment/asleep --replicas=1");
    }

    @Test
    void aPodThatIsPendingSaysWhy() {
        ObjectNode pod = Json.MAPPER.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata").put("name", "stuck");
        ObjectNode spec = pod.putObject("spec");
        spec.putObject("nodeSelector").put("no-such", "label");
        spec.putArray("containers").addObject().put("name", "app").put("image", Sandbox.IMAGE);
        sandbox.create("/api/v1/namespaces/" + sandbox.namespace() + "/pods", pod);
        sandbox.await(
                "stuck",
                state -> state.at("/status/conditions/0/reason").asText().equals("Unschedulable"));
        assertThatThrownBy(() -> resolver.resolve(new Target.Pod("stuck", null)))
                .hasMessageStartingWith(
                        "pod stuck is not running: its phase is Pending, Unschedulable (0/1 nodes");
    }

    @Test
    void aPodThatBecomesReadyInAMomentIsAwaited() {
        notices.clear();
        create(pod("slow", Sandbox.IMAGE, 3, "sleep", "1000s"));
        ResolvedTarget target = resolver.resolve(new Target.Pod("slow", null));
        assertThat(target.containerId()).startsWith("containerd://");
        assertThat(notices)
                .hasSize(1)
                .allMatch(each -> each.startsWith("pod slow is not running: "))
                .allMatch(each -> each.endsWith("; waiting up to 10 s for it"));
    }

    @Test
    void aDeploymentThatIsBeingRolledOutIsAwaited() {
        sandbox.deploy("fresh", 1, "app");
        try {
            assertThat(
                            resolver.resolve(
                                            new Target.Workload(
                                                    WorkloadKind.DEPLOYMENT, "fresh", null))
                                    .pod()
                                    .name())
                    .startsWith("fresh-");
        } finally {
            sandbox.delete(
                    "/apis/apps/v1/namespaces/" + sandbox.namespace() + "/deployments/fresh");
        }
    }

    @Test
    void aPodThatTakesTooLongIsRefusedAfterTenSeconds() {
        create(pod("never", Sandbox.IMAGE, 1000, "sleep", "1000s"));
        Instant begun = Instant.now();
        assertThatThrownBy(() -> resolver.resolve(new Target.Pod("never", null)))
                .hasMessageStartingWith("pod never is not running: container app is not ready")
                .hasMessageContaining("and still was after 10 s");
        assertThat(Duration.between(begun, Instant.now()))
                .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(13));
    }

    @Test
    void whatCannotBecomeReadyIsRefusedAtOnce() {
        create(pod("no-image", "no.such.registry.invalid/none", 0, "uid"));
        create(pod("crashes", Sandbox.IMAGE, 0, "exit", "1"));
        refusedAtOnce("no-image", "Pull");
        refusedAtOnce("crashes", "CrashLoopBackOff");
    }

    private static void refusedAtOnce(String pod, String reason) {
        sandbox.await(
                pod,
                state ->
                        state.at("/status/containerStatuses/0/state/waiting/reason")
                                .asText()
                                .contains(reason));
        Instant begun = Instant.now();
        assertThatThrownBy(() -> resolver.resolve(new Target.Pod(pod, null)))
                .hasMessageContaining(reason);
        assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(1));
    }

    private static void create(ObjectNode pod) {
        sandbox.create("/api/v1/namespaces/" + sandbox.namespace() + "/pods", pod);
    }

    /** A pod that is ready so many seconds after its start. */
    private static ObjectNode pod(String name, String image, int seconds, String... arguments) {
        ObjectNode pod = Json.MAPPER.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata").put("name", name);
        ObjectNode spec = pod.putObject("spec").put("terminationGracePeriodSeconds", 0);
        ObjectNode container = spec.putArray("containers").addObject().put("name", "app");
        container.put("image", image).put("imagePullPolicy", "IfNotPresent");
        List.of(arguments).forEach(container.putArray("args")::add);
        container
                .putObject("readinessProbe")
                .put("initialDelaySeconds", seconds)
                .put("periodSeconds", 1)
                .putObject("exec")
                .putArray("command")
                .add("/probe")
                .add("pid");
        return pod;
    }

    @Test
    void noTargetListsTheDeployments() {
        ClusterFailure failure = resolver.noTarget();
        assertThat(failure)
                .hasMessage(
                        "no target is named: namespace "
                                + sandbox.namespace()
                                + " has deployment/asleep, deployment/web; name one with -t, or -t"
                                + " targetless for the network alone");
    }

    @Test
    void targetsAreListedPageByPage() {
        Optional<String> here = Optional.of(sandbox.namespace());
        TargetList.Result whole = new TargetList(cluster, here).read(Optional.empty());
        assertThat(whole.entries())
                .extracting(TargetList.Entry::path)
                .contains("deployment/asleep", "deployment/web", "pod/echo");
        assertThat(new TargetList(cluster, here, 1).read(Optional.empty())).isEqualTo(whole);
        assertThat(new TargetList(cluster, Optional.empty(), 3).read(Optional.of("deployment")))
                .isEqualTo(
                        new TargetList(cluster, Optional.empty()).read(Optional.of("deployment")));
    }

    @Test
    void anUnknownNamespaceNamesTheNearest() {
        try (Cluster there = Cluster.open(TestCluster.options().withNamespace("kube-sistem"))) {
            TargetResolver elsewhere = new TargetResolver(there, notices::add);
            assertThatThrownBy(() -> elsewhere.resolve(new Target.Pod("echo", null)))
                    .hasMessageStartingWith(
                            "namespace kube-sistem does not exist: not found in context ")
                    .hasMessageContaining("did you mean kube-system?");
            assertThatThrownBy(elsewhere::requireNamespace)
                    .hasMessageContaining("did you mean kube-system?");
        }
    }

    @Test
    void anUnknownContextNamesTheNearest() {
        assertThatThrownBy(() -> Cluster.open(TestCluster.options().withContext("no-such")))
                .hasMessageStartingWith("Kubernetes context no-such does not exist: not in ")
                .hasMessageContaining("there are ");
    }

    @Test
    void anApiServerThatDoesNotAnswerIsNamedWithItsErrno(@TempDir Path directory) throws Exception {
        KubeconfigText kubeconfig = new KubeconfigText("default").asAdmin();
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        kubeconfig.cluster.put("server", "https://127.0.0.1:" + port);
        String path = kubeconfig.write(directory).toString();
        try (Cluster there = Cluster.open(TestCluster.options().withKubeconfig(path))) {
            assertThatThrownBy(
                            () ->
                                    new TargetResolver(there, notices::add)
                                            .resolve(new Target.Pod("echo", null)))
                    .hasMessage(
                            "cannot reach the API server https://127.0.0.1:"
                                    + port
                                    + ": connection refused (ECONNREFUSED); check that the cluster"
                                    + " runs and that kubectl reaches it");
        }
    }

    @Test
    void aRoleThatMayNotReadPodsIsToldVerbResourceAndNamespace(@TempDir Path directory)
            throws Exception {
        sandbox.user("blind", Map.of());
        String path =
                new KubeconfigText(sandbox.namespace())
                        .token(sandbox.token("blind"))
                        .write(directory)
                        .toString();
        try (Cluster there = Cluster.open(TestCluster.options().withKubeconfig(path))) {
            assertThatThrownBy(
                            () ->
                                    new TargetResolver(there, notices::add)
                                            .resolve(new Target.Pod("echo", null)))
                    .hasMessageStartingWith(
                            "not allowed to get pods in namespace " + sandbox.namespace())
                    .hasMessageEndingWith(
                            "ask for a role with verb get on pods in namespace "
                                    + sandbox.namespace());
        }
    }
}
