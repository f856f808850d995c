package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void caseAndSeparatorsDoNotMatter() {
        assertThat(Nearest.of("kubeContext", List.of("kubeconfig", "kube_context")))
                .isEqualTo("kube_context");
    }

    @Test
    void theEditDistanceIsMeasured() {
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("same", "same")).isZero();
    }

    @Test
    void ofEquallyNearWordsTheFirstInOrderCounts() {
        assertThat(Nearest.sort("a", List.of("c", "ab", "b"))).containsExactly("ab", "b", "c");
    }

    @Test
    void whatIsFarIsNotNear() {
        assertThat(Nearest.near("deplyment", List.of("pod", "deployment"))).contains("deployment");
        assertThat(Nearest.near("x", List.of("frontend"))).isEmpty();
        assertThat(Nearest.near("x", List.of())).isEmpty();
    }
}
