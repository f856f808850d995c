package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code mirrord ls}. */
class ListClusterIT {
    @Test
    void targetsAreListedWithTheirState() {
        Command.Result listed = Command.mirrord("ls", "-n", "shop").orFail();
        assertThat(listed.out())
                .containsPattern("(?m)^deployment/web +1/1$")
                .containsPattern("(?m)^statefulset/orders +2/2$")
                .containsPattern("(?m)^service/web +80/TCP,9090/TCP$")
                .containsPattern("(?m)^pod/orders-0 +Running$")
                .doesNotContain("replicaset/");
        assertThat(Command.mirrord("ls", "-A").orFail().out())
                .containsPattern("(?m)^shop +deployment/web +1/1$")
                .containsPattern("(?m)^kube-system +deployment/coredns ");
    }

    @Test
    void replicaSetsAreListedWhenAskedFor() {
        assertThat(Command.mirrord("ls", "-n", "shop", "-t", "replicaset").orFail().out())
                .containsPattern("(?m)^replicaset/web-[0-9a-f]+ +1$")
                .doesNotContain("deployment/");
    }

    @Test
    void theJsonFormIsWhatTheOptionTakes() {
        assertThat(Command.mirrord("ls", "-n", "shop", "-o", "json", "-t", "deployment").out())
                .startsWith("[\"deployment/catalog\",")
                .contains("\"deployment/web\"")
                .doesNotContain("pod/");
    }

    @Test
    void whatIsNotThereIsSaid() {
        Command.Result kind = Command.mirrord("ls", "-n", "shop", "-t", "pods");
        assertThat(kind.exitCode()).isEqualTo(125);
        assertThat(kind.err()).contains("no target is of kind 'pods'; kinds: deployment, ");
        assertThat(Command.mirrord("ls", "-n", "no-such").err())
                .contains("no target there; other namespaces");
    }
}
