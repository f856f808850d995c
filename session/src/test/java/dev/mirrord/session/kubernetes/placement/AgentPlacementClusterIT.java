package dev.mirrord.session.kubernetes.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.KubeconfigText;
import dev.mirrord.session.kubernetes.Sandbox;
import dev.mirrord.session.kubernetes.TestCluster;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.Json;
import dev.mirrord.session.kubernetes.target.ResolvedTarget;
import dev.mirrord.session.kubernetes.target.Target;
import dev.mirrord.session.kubernetes.target.TargetResolver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class AgentPlacementClusterIT {

    private static final String SHA = "ab".repeat(32);

    private static Sandbox sandbox;
    private static Cluster cluster;
    private static ResolvedTarget target;
    private static int sessions;

    @BeforeAll
    static void start() throws Exception {
        TestingAgentImage.load();
        sandbox = new Sandbox();
        sandbox.echo("echo");
        cluster = sandbox.open();
        target = new TargetResolver(cluster, _ -> {}).resolve(new Target.Pod("echo", null));
    }

    @AfterAll
    static void stop() {
        cluster.close();
        sandbox.close();
    }

    private static SessionLabels labels() {
        sessions++;
        return new SessionLabels("s" + sessions, "me@machine");
    }

    private static AgentSettings settings(String behaviour) {
        return with(AgentSettings.ofImage(TestingAgentImage.NAME), Map.of(), behaviour);
    }

    /** A copy with some Kubernetes objects of the container or pod changed. */
    private static AgentSettings with(
            AgentSettings base, Map<String, Object> resources, String last) {
        return new AgentSettings(
                base.image(),
                base.pullPolicy(),
                base.pullSecrets(),
                base.namespace(),
                base.ttl(),
                Duration.ofSeconds(20),
                base.communicationTimeout(),
                base.lifetime(),
                base.tolerations(),
                base.labels(),
                base.annotations(),
                base.nodeSelector(),
                base.priorityClass(),
                resources.isEmpty() ? base.resources() : resources,
                base.serviceAccount(),
                base.withheld(),
                base.appArmor(),
                base.seccomp(),
                base.meshInjectionOff(),
                List.of(last));
    }

    private static AgentPlacement job(AgentSettings settings) {
        return new JobPlacement(
                labels(),
                target,
                settings,
                SHA,
                JobPlacement.Traffic.STEAL,
                JobPlacement.Files.NONE);
    }

    private static AgentPlacement targetless(AgentSettings settings) {
        return new TargetlessPlacement(labels(), sandbox.namespace(), settings, SHA);
    }

    private static void assertNothingIsLeft() {
        assertThat(new AgentJobs(cluster, sandbox.namespace()).list()).isEmpty();
    }

    @Test
    void aJobOnTheTargetsNodeIsReadyAndGoesWhenDeleted() {
        AgentPlacement placement = job(settings("ready"));
        PlacedAgent agent = placement.place(cluster);
        assertThat(agent.port()).isEqualTo(40001);
        assertThat(agent.certificateSha256()).isEqualTo("00ff");
        JsonNode pod = cluster.api().get(agent.pod().path()).json();
        assertThat(pod.at("/spec/nodeName").asText()).isEqualTo(target.node());
        assertThat(pod.at("/spec/hostPID").asBoolean()).isTrue();
        assertThat(pod.at("/spec/volumes").isEmpty()).isTrue();
        AgentJobs jobs = new AgentJobs(cluster, sandbox.namespace());
        assertThat(jobs.list())
                .singleElement()
                .satisfies(
                        job -> {
                            assertThat(job.name()).isEqualTo(placement.name());
                            assertThat(job.owner()).isEqualTo("me@machine");
                        });
        assertThat(jobs.delete(placement.name())).isTrue();
        assertThat(jobs.delete(placement.name())).isFalse();
        sandbox.await(agent.pod().name(), state -> state.at("/metadata").has("deletionTimestamp"));
        assertNothingIsLeft();
    }

    @Test
    void theTargetlessPodPassesTheRestrictedPodSecurityStandardAndTheJobIsToldWhyNot() {
        try (Sandbox restricted = new Sandbox();
                Cluster there = restricted.open()) {
            enforceRestricted(restricted);
            AgentPlacement plain =
                    new TargetlessPlacement(
                            labels(), restricted.namespace(), settings("ready"), SHA);
            assertThat(plain.place(there).port()).isEqualTo(40001);
            new AgentJobs(there, restricted.namespace()).delete(plain.name());
            AgentPlacement job = job(inNamespace(settings("ready"), restricted.namespace()));
            assertThatThrownBy(() -> job.place(there))
                    .hasMessageStartingWith(
                            "the cluster refuses the agent's pod in namespace "
                                    + restricted.namespace()
                                    + ": ")
                    .hasMessageContaining("violates PodSecurity \"restricted:latest\"")
                    .hasMessageEndingWith(
                            "let the agent run in another namespace with agent.namespace");
            assertThat(new AgentJobs(there, restricted.namespace()).list()).isEmpty();
        }
    }

    private static AgentSettings inNamespace(AgentSettings base, String namespace) {
        return new AgentSettings(
                base.image(),
                base.pullPolicy(),
                base.pullSecrets(),
                namespace,
                base.ttl(),
                base.startupTimeout(),
                base.communicationTimeout(),
                base.lifetime(),
                base.tolerations(),
                base.labels(),
                base.annotations(),
                base.nodeSelector(),
                base.priorityClass(),
                base.resources(),
                base.serviceAccount(),
                base.withheld(),
                base.appArmor(),
                base.seccomp(),
                base.meshInjectionOff(),
                base.arguments());
    }

    private static void enforceRestricted(Sandbox restricted) {
        ObjectNode namespace =
                (ObjectNode)
                        restricted
                                .admin()
                                .api()
                                .get("/api/v1/namespaces/" + restricted.namespace())
                                .json();
        namespace
                .withObject("/metadata/labels")
                .put("pod-security.kubernetes.io/enforce", "restricted");
        assertThat(restricted.put("/api/v1/namespaces/" + restricted.namespace(), namespace))
                .isTrue();
    }

    @Test
    void anImageThatCannotBePulledIsNamed() {
        AgentSettings settings = AgentSettings.ofImage("registry.invalid/mirrord-agent:9");
        assertThatThrownBy(() -> job(settings).place(cluster))
                .hasMessageStartingWith(
                        "the agent's image registry.invalid/mirrord-agent:9 cannot be pulled: "
                                + "ErrImagePull on node "
                                + target.node())
                .hasMessageEndingWith("; check agent.image and agent.image_pull_secrets");
        assertNothingIsLeft();
    }

    @Test
    void anImageThatMayNotBePulledIsNamed() {
        AgentSettings settings = neverPulled(AgentSettings.ofImage("mirrord-test/absent:1"));
        assertThatThrownBy(() -> job(settings).place(cluster))
                .hasMessageStartingWith(
                        "the agent's image mirrord-test/absent:1 is not on node " + target.node())
                .hasMessageContaining("ErrImageNeverPull");
        assertNothingIsLeft();
    }

    private static AgentSettings neverPulled(AgentSettings base) {
        return new AgentSettings(
                base.image(),
                "Never",
                base.pullSecrets(),
                base.namespace(),
                base.ttl(),
                base.startupTimeout(),
                base.communicationTimeout(),
                base.lifetime(),
                base.tolerations(),
                base.labels(),
                base.annotations(),
                base.nodeSelector(),
                base.priorityClass(),
                base.resources(),
                base.serviceAccount(),
                base.withheld(),
                base.appArmor(),
                base.seccomp(),
                base.meshInjectionOff(),
                base.arguments());
    }

    @Test
    void theSchedulersSentenceIsQuotedWhereNoNodeFits() {
        Map<String, Object> huge = Map.of("requests", Map.of("cpu", "4000"));
        assertThatThrownBy(() -> targetless(with(settings(""), huge, "ready")).place(cluster))
                .hasMessageStartingWith("the agent's pod mirrord-s")
                .hasMessageContaining(
                        "is not scheduled: 0/1 nodes are available: 1 Insufficient cpu");
        assertNothingIsLeft();
    }

    @Test
    void theNodesSentenceIsQuotedWhereTheTargetsNodeIsTooSmall() {
        Map<String, Object> huge = Map.of("requests", Map.of("cpu", "4000"));
        assertThatThrownBy(() -> job(with(settings(""), huge, "ready")).place(cluster))
                .hasMessageStartingWith("node " + target.node() + " does not take the agent's pod")
                .hasMessageContaining("OutOfcpu");
        assertNothingIsLeft();
    }

    @Test
    void aQuotaIsQuoted() {
        try (Sandbox small = new Sandbox();
                Cluster there = small.open()) {
            ObjectNode quota = Json.MAPPER.createObjectNode();
            quota.put("apiVersion", "v1").put("kind", "ResourceQuota");
            quota.putObject("metadata").put("name", "none");
            quota.putObject("spec").putObject("hard").put("pods", "0");
            small.create("/api/v1/namespaces/" + small.namespace() + "/resourcequotas", quota);
            assertThatThrownBy(
                            () ->
                                    new TargetlessPlacement(
                                                    labels(),
                                                    small.namespace(),
                                                    settings("ready"),
                                                    SHA)
                                            .place(there))
                    .hasMessageContaining("exceeded quota: none")
                    .hasMessageEndingWith("set agent.resources to what the quota leaves");
        }
    }

    @Test
    void theAgentsOwnFailureIsPassedOn() {
        assertThatThrownBy(() -> job(settings("failed")).place(cluster))
                .hasMessage("the agent did not start: no process of the target");
        assertNothingIsLeft();
    }

    @Test
    void anAgentThatCrashesIsQuotedWithItsLastWords() {
        assertThatThrownBy(() -> job(settings("crash")).place(cluster))
                .hasMessage(
                        "the agent did not start: it exited with 3, its last words: cannot start"
                                + " the engine");
        assertNothingIsLeft();
    }

    @Test
    void anAgentThatSaysNothingEndsInATimeout() {
        AgentSettings patient = settings("silent");
        AgentSettings hasty =
                new AgentSettings(
                        patient.image(),
                        patient.pullPolicy(),
                        patient.pullSecrets(),
                        patient.namespace(),
                        patient.ttl(),
                        Duration.ofSeconds(3),
                        patient.communicationTimeout(),
                        patient.lifetime(),
                        patient.tolerations(),
                        patient.labels(),
                        patient.annotations(),
                        patient.nodeSelector(),
                        patient.priorityClass(),
                        patient.resources(),
                        patient.serviceAccount(),
                        patient.withheld(),
                        patient.appArmor(),
                        patient.seccomp(),
                        patient.meshInjectionOff(),
                        patient.arguments());
        assertThatThrownBy(() -> job(hasty).place(cluster))
                .hasMessageStartingWith("the agent was not ready within 3 s: its pod mirrord-s")
                .hasMessageEndingWith("raise agent.startup_timeout if the cluster is slow");
        assertNothingIsLeft();
    }

    @Test
    void aRoleThatMayNotCreateJobsIsToldVerbResourceAndNamespace(@TempDir Path directory)
            throws Exception {
        sandbox.user("reader", Map.of("pods", List.of("get", "list", "watch")));
        Path kubeconfig =
                new KubeconfigText(sandbox.namespace())
                        .token(sandbox.token("reader"))
                        .write(directory);
        try (Cluster reader =
                Cluster.open(TestCluster.options().withKubeconfig(kubeconfig.toString()))) {
            assertThatThrownBy(() -> job(settings("ready")).place(reader))
                    .hasMessageStartingWith(
                            "not allowed to create jobs.batch in namespace " + sandbox.namespace())
                    .hasMessageEndingWith(
                            "ask for a role with verb create on jobs.batch in namespace "
                                    + sandbox.namespace());
        }
    }

    @Test
    void anInterruptRemovesTheJob() throws Exception {
        Thread placing =
                Thread.ofVirtual()
                        .start(
                                () ->
                                        assertThatThrownBy(
                                                        () ->
                                                                job(settings("silent"))
                                                                        .place(cluster))
                                                .hasMessageContaining("interrupted"));
        AgentJobs jobs = new AgentJobs(cluster, sandbox.namespace());
        while (jobs.list().isEmpty()) {
            Thread.onSpinWait();
        }
        placing.interrupt();
        placing.join();
        assertNothingIsLeft();
    }
}
