package dev.mirrord.session.kubernetes.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodReadingTest {

    private static ObjectNode pod(String... containers) {
        ObjectNode pod = Json.MAPPER.createObjectNode();
        pod.putObject("metadata").put("name", "web-1").put("namespace", "shop").put("uid", "u-1");
        ObjectNode spec = pod.putObject("spec").put("nodeName", "node-1");
        ObjectNode status = pod.putObject("status").put("phase", "Running");
        status.putArray("podIPs").addObject().put("ip", "10.0.0.9");
        for (String name : containers) {
            ObjectNode container = spec.withArray("containers").addObject().put("name", name);
            container.withArray("ports").addObject().put("containerPort", 80);
            container
                    .withArray("ports")
                    .addObject()
                    .put("containerPort", 53)
                    .put("protocol", "UDP");
            status.withArray("containerStatuses")
                    .addObject()
                    .put("name", name)
                    .put("ready", true)
                    .put("containerID", "containerd://c-" + name);
        }
        return pod;
    }

    @Test
    void readsWhatTheAgentAndTheSidecarNeed() {
        ObjectNode pod = pod("web");
        pod.withObject("/spec")
                .put("hostname", "front")
                .put("subdomain", "web")
                .put("serviceAccountName", "sa");
        ResolvedTarget target = PodReading.of(pod, null, List.of());
        assertThat(target.container()).isEqualTo("web");
        assertThat(target.bareContainerId()).isEqualTo("c-web");
        assertThat(target.podIps()).containsExactly("10.0.0.9");
        assertThat(target.hostname()).isEqualTo("front");
        assertThat(target.subdomain()).isEqualTo("web");
        assertThat(target.serviceAccount()).isEqualTo("sa");
        assertThat(target.declaredPorts()).containsExactly(80);
        assertThat(target.warnings()).isEmpty();
    }

    @Test
    void isNamedAfterThePodWhereTheSpecNamesNoHost() {
        assertThat(PodReading.of(pod("web"), null, List.of()).hostname()).isEqualTo("web-1");
    }

    @Test
    void passesOverContainersOfAMesh() {
        ResolvedTarget target = PodReading.of(pod("istio-proxy", "web"), null, List.of());
        assertThat(target.container()).isEqualTo("web");
        assertThat(target.warnings()).isEmpty();
    }

    @Test
    void takesTheAnnotatedContainer() {
        ObjectNode pod = pod("first", "second");
        pod.withObject("/metadata/annotations")
                .put("kubectl.kubernetes.io/default-container", "second");
        assertThat(PodReading.of(pod, null, List.of()).container()).isEqualTo("second");
    }

    @Test
    void saysWhichOfSeveralItTook() {
        assertThat(PodReading.of(pod("web", "cache"), null, List.of()).warnings())
                .containsExactly(
                        "pod web-1 has containers web, cache: standing in for web; choose with"
                                + " /container/NAME");
    }

    @Test
    void namesTheNearestContainer() {
        assertThatThrownBy(() -> PodReading.of(pod("web", "cache"), "cahce", List.of()))
                .hasMessage(
                        "container cahce does not exist: not in pod web-1; did you mean cache?"
                                + " there are cache, web");
    }

    @Test
    void saysWhyThePodWaits() {
        ObjectNode pod = pod("web");
        pod.withObject("/status").put("phase", "Pending");
        ((ObjectNode) pod.at("/status/containerStatuses/0"))
                .putObject("state")
                .putObject("waiting")
                .put("reason", "ImagePullBackOff")
                .put("message", "Back-off pulling image \"x\"");
        assertThatThrownBy(() -> PodReading.of(pod, null, List.of()))
                .hasMessage(
                        "pod web-1 is not running: its phase is Pending, container web waits:"
                                + " ImagePullBackOff (Back-off pulling image \"x\"); see kubectl"
                                + " describe pod web-1 -n shop");
    }

    @Test
    void saysWhyThePodIsNotScheduled() {
        ObjectNode pod = pod("web");
        pod.withObject("/status").put("phase", "Pending").remove("containerStatuses");
        pod.withObject("/status")
                .withArray("conditions")
                .addObject()
                .put("type", "PodScheduled")
                .put("status", "False")
                .put("reason", "Unschedulable")
                .put("message", "0/1 nodes are available");
        assertThatThrownBy(() -> PodReading.of(pod, null, List.of()))
                .hasMessageContaining(
                        "its phase is Pending, Unschedulable (0/1 nodes are available)");
    }

    @Test
    void refusesAPodThatIsBeingDeleted() {
        ObjectNode pod = pod("web");
        pod.withObject("/metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");
        assertThatThrownBy(() -> PodReading.of(pod, null, List.of()))
                .hasMessageStartingWith("pod web-1 is not running: it is being deleted");
    }

    @Test
    void saysWhatAContainerThatIsNotReadyDoes() {
        ObjectNode pod = pod("web");
        ObjectNode status = (ObjectNode) pod.at("/status/containerStatuses/0");
        status.put("ready", false);
        assertThatThrownBy(() -> PodReading.of(pod, null, List.of()))
                .hasMessageContaining("container web is not ready");
        status.putObject("state").putObject("waiting").put("reason", "CrashLoopBackOff");
        assertThatThrownBy(() -> PodReading.of(pod, null, List.of()))
                .hasMessageContaining("container web is waiting: CrashLoopBackOff");
    }

    @Test
    void knowsWhatMayBeOverInAMoment() {
        ObjectNode pod = pod("web");
        ObjectNode status = (ObjectNode) pod.at("/status/containerStatuses/0");
        status.put("ready", false);
        assertThat(kindOf(pod)).isEqualTo(Kind.NOT_RUNNING_YET);
        ObjectNode waiting = status.putObject("state").putObject("waiting");
        for (String passing : List.of("ContainerCreating", "PodInitializing")) {
            waiting.put("reason", passing);
            assertThat(kindOf(pod)).isEqualTo(Kind.NOT_RUNNING_YET);
        }
        for (String lasting : List.of("CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull")) {
            waiting.put("reason", lasting);
            assertThat(kindOf(pod)).isEqualTo(Kind.NOT_RUNNING);
        }
        status.putObject("state").putObject("terminated").put("reason", "Error");
        assertThat(kindOf(pod)).isEqualTo(Kind.NOT_RUNNING_YET);
        pod.withObject("/spec").put("restartPolicy", "Never");
        assertThat(kindOf(pod)).isEqualTo(Kind.NOT_RUNNING);
    }

    @Test
    void aPodMayComeUpUnlessItIsStuckOrOver() {
        ObjectNode pod = pod("web");
        ObjectNode state = pod.withObject("/status").put("phase", "Pending");
        assertThat(kindOf(pod)).isEqualTo(Kind.NOT_RUNNING_YET);
        state.withArray("conditions")
                .addObject()
                .put("type", "PodScheduled")
                .put("status", "False");
        assertThat(kindOf(pod)).isEqualTo(Kind.NOT_RUNNING);
        state.remove("conditions");
        state.withArray("initContainerStatuses")
                .addObject()
                .put("name", "init")
                .withObject("/state/waiting")
                .put("reason", "CrashLoopBackOff");
        assertThat(kindOf(pod)).isEqualTo(Kind.NOT_RUNNING);
        state.remove("initContainerStatuses");
        for (String over : List.of("Succeeded", "Failed")) {
            state.put("phase", over);
            assertThat(kindOf(pod)).isEqualTo(Kind.NOT_RUNNING);
        }
        state.put("phase", "Running");
        pod.withObject("/metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");
        assertThat(kindOf(pod)).isEqualTo(Kind.NOT_RUNNING);
    }

    private static Kind kindOf(ObjectNode pod) {
        return assertThatExceptionOfType(ClusterFailure.class)
                .isThrownBy(() -> PodReading.of(pod, null, List.of()))
                .actual()
                .kind();
    }
}
