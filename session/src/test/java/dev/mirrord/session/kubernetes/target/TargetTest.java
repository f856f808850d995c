package dev.mirrord.session.kubernetes.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.TargetPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    @Test
    void whatTheConfigurationNamesIsFoundByItsKind() {
        assertThat(of("targetless")).isEqualTo(new Target.Targetless());
        assertThat(of("pod/web-1.x")).isEqualTo(new Target.Pod("web-1.x", null));
        assertThat(of("pod/web/container/app")).isEqualTo(new Target.Pod("web", "app"));
        assertThat(of("deployment/web"))
                .isEqualTo(new Target.Workload(WorkloadKind.DEPLOYMENT, "web", null));
        assertThat(of("deploy/web/container/app"))
                .isEqualTo(new Target.Workload(WorkloadKind.DEPLOYMENT, "web", "app"));
    }

    @Test
    void itPrintsAsItIsWritten() {
        assertThat(of("deploy/web/container/app")).hasToString("deployment/web/container/app");
        assertThat(of("pod/web")).hasToString("pod/web");
        assertThat(of("targetless")).hasToString("targetless");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deployment",
                "statefulset",
                "replicaset",
                "daemonset",
                "job",
                "cronjob",
                "service",
                "rollout"
            })
    void everyKindOfWorkloadPrintsAsItIsWritten(String kind) {
        assertThat(of(kind + "/db/container/app")).hasToString(kind + "/db/container/app");
    }

    @Test
    void aLabelIsASelector() {
        assertThat(of("label/app=web,tier=front/container/app"))
                .isEqualTo(new Target.Workload(WorkloadKind.LABEL, "app=web,tier=front", "app"));
    }

    private static Target of(String path) {
        return Target.of(TargetPath.parse(path));
    }
}
