package dev.mirrord.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** A class with a context of its own, which the extension gives to whoever asks. */
@ClusterTarget(value = "deployment/web", namespace = "shop")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterTargetClusterIT {
    private static final GenericContainer<?> APP =
            new GenericContainer<>("mirrord-test/static-go")
                    .withCommand("serve", "http=8080")
                    .withExposedPorts(8080)
                    .waitingFor(Wait.forHttp("/"));

    @Test
    @Order(1)
    void theContextComesAsAParameter(ClusterContext context) {
        context.kubeconfig(Surroundings.kubeconfig()).run(APP).start();
        assertThat(APP.getMappedPort(8080)).isPositive();
    }

    @Test
    @Order(2)
    void itIsTheSameInTheNextTestAndSoItsContainersRunOn(ClusterContext context) {
        assertThat(context).isNotNull();
        assertThat(APP.isRunning()).isTrue();
    }
}
