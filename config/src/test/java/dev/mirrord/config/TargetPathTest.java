package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetPathTest {
    @ParameterizedTest
    @CsvSource({
        "targetless, targetless",
        "pod/web-1.x, pod/web-1.x",
        "pod/web/container/app, pod/web/container/app",
        "deploy/web, deployment/web",
        "deployment/web/container/app, deployment/web/container/app",
        "statefulset/db, statefulset/db",
        "daemonset/db, daemonset/db",
        "label/app.kubernetes.io/name=web, label/app.kubernetes.io/name=web",
    })
    void eachFormIsReadAndWritten(String text, String path) {
        assertThat(TargetPath.parse(text).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "web | a kind is missing: did you mean deployment/web?",
                "pods/web | unknown kind \"pods\", did you mean pod?",
                "deplyment/web | unknown kind \"deplyment\", did you mean deployment?",
                "ingress/web | \"ingress\" is none of pod, deployment, rollout, job, cronjob,"
                        + " statefulset, service, replicaset, daemonset, label",
                "pod | the name is missing",
                "pod/ | the name is missing",
                "pod//container/app | the name is missing",
                "pod/web/ | there is a slash too many",
                "pod/web/app | \"app\" stands where only container/CONTAINER may",
                "pod/web/container | the container's name is missing",
                "pod/web/container/ | the container's name is missing",
                "pod/Web | \"Web\" is no name of a Kubernetes object",
                "label/web | \"web\" is no list of k=v",
            })
    void whatIsWrongIsSaid(String text, String why) {
        assertThatThrownBy(() -> TargetPath.parse(text))
                .hasMessage(
                        "target \"%s\" is malformed: %s; use pod/NAME, deployment/NAME,"
                                + " deployment/NAME/container/CONTAINER, another kind of workload,"
                                + " label/KEY=VALUE or targetless",
                        text, why);
    }
}
