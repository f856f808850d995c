package dev.mirrord.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who gets which {@link ClusterContext}; nothing is started. */
@ClusterTarget("pod/own")
class ClusterTargetScopeTest {
    private static final Set<ClusterContext> SUITE = new HashSet<>();
    private static final Set<ClusterContext> CLASS = new HashSet<>();

    @Test
    void everyTestOfAClassHasTheSame(ClusterContext first) {
        CLASS.add(first);
    }

    @Test
    void alsoTheNext(ClusterContext second) {
        CLASS.add(second);
    }

    @Nested
    @ClusterTarget(value = "pod/a", scope = ClusterTarget.Scope.SUITE)
    class OneOfTheSuite {
        @Test
        void takesIt(ClusterContext context) {
            SUITE.add(context);
        }
    }

    @Nested
    @ClusterTarget(value = "pod/a", scope = ClusterTarget.Scope.SUITE)
    class AnotherOfTheSuite {
        @Test
        void takesTheSame(ClusterContext context) {
            SUITE.add(context);
        }
    }

    @Nested
    @ClusterTarget(value = "pod/b", scope = ClusterTarget.Scope.SUITE)
    class OneWithAnotherTarget {
        @Test
        void takesItsOwn(ClusterContext context) {
            assertThat(SUITE).doesNotContain(context);
        }
    }

    @AfterAll
    static void theyWereTheSame() {
        assertThat(CLASS).hasSize(1);
        assertThat(SUITE).hasSize(1);
    }
}
