package dev.mirrord.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An app on a network of the user's own engine reaches its neighbours there and the cluster. */
class EngineNetworksClusterIT {
    private static final String NETWORK = "mirrord-it-names";
    private static final String NEIGHBOUR = "mirrord-it-neighbour";

    @AfterEach
    void removeNeighbours() {
        TestedRuntime.here()
                .forEach(
                        runtime -> {
                            runtime.ask("rm", "-f", "-v", NEIGHBOUR);
                            runtime.ask("network", "rm", NETWORK);
                        });
    }

    @ParameterizedTest
    @MethodSource("dev.mirrord.it.TestedRuntime#here")
    void namesOfBothAreFound(TestedRuntime runtime) {
        runtime.ask("network", "create", NETWORK).orFail();
        runtime.ask(
                        "run",
                        "-d",
                        "--name",
                        NEIGHBOUR,
                        "--network",
                        NETWORK,
                        "-e",
                        "SERVICE_NAME=neighbour",
                        Mirrord.STATIC,
                        "serve",
                        "http=7000")
                .orFail();
        Command.Result ran =
                runtime.run(
                        List.of(),
                        List.of(
                                "run",
                                "--rm",
                                "--network",
                                NETWORK,
                                Mirrord.MUSL,
                                "sh",
                                "-c",
                                "wget -qO- http://%s:7000/; wget -qO- http://catalog/"
                                        .formatted(NEIGHBOUR)));
        assertThat(ran.out())
                .as(ran.err())
                .contains("service: neighbour")
                .contains("service: catalog");
    }
}
