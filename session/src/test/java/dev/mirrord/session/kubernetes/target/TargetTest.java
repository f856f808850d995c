package dev.mirrord.session.kubernetes.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        assertThat(of("deployment/web")).isEqualTo(new Target.Deployment("web", null));
        assertThat(of("deploy/web/container/app")).isEqualTo(new Target.Deployment("web", "app"));
    }

    @Test
    void itPrintsAsItIsWritten() {
        assertThat(of("deploy/web/container/app")).hasToString("deployment/web/container/app");
        assertThat(of("pod/web")).hasToString("pod/web");
        assertThat(of("targetless")).hasToString("targetless");
    }

    @ParameterizedTest
    @ValueSource(strings = {"statefulset", "service", "job", "cronjob", "rollout", "replicaset"})
    void aKindOfLaterIsRefusedByItsName(String kind) {
        assertThatThrownBy(() -> of(kind + "/db"))
                .hasMessage(
                        "target '%s/db' cannot be used: targets of kind %s are not supported yet;"
                                + " %s",
                        kind, kind, TargetPath.FORMS);
    }

    private static Target of(String path) {
        return Target.of(TargetPath.parse(path));
    }
}
