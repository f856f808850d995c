package example;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mirrord.testcontainers.ClusterContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

/** An image of ours stands in for the shop's web service while this class is tested. */
@Testcontainers
class WebInTheClusterTest {
    /** Any image will do; this one is of the demo. */
    private static final String IMAGE = "mirrord-test/glibc";

    @Container
    static final GenericContainer<?> APP =
            ClusterContext.of("deployment/web")
                    .inNamespace("shop")
                    .steal(80)
                    .run(new GenericContainer<>(IMAGE))
                    .withCommand("probe", "serve", "http=80")
                    .withEnv("SERVICE_NAME", "mine")
                    .withExposedPorts(80)
                    .waitingFor(Wait.forHttp("/"));

    @Test
    void theMappedPortLeadsToOurImage() throws Exception {
        URI uri = URI.create("http://" + APP.getHost() + ":" + APP.getMappedPort(80));
        try (HttpClient http = HttpClient.newHttpClient()) {
            String body =
                    http.send(
                                    HttpRequest.newBuilder(uri).build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            assertTrue(body.contains("service: mine"), body);
        }
    }

    @Test
    void itReachesWhatThePodReaches() throws Exception {
        var answer =
                APP.execInContainer(
                        "/.mirrord/run", "sh", "-c", "probe get $CATALOG_URL/");
        assertTrue(answer.getStdout().contains("service: catalog"), answer.toString());
    }
}
