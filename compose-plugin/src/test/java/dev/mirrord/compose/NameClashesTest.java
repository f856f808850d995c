package dev.mirrord.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.Targets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NameClashesTest {
    @Test
    void aNameThatBothHaveIsToldInOneLine() {
        assertThat(
                        sentence(
                                """
                                "web": {"x-mirrord": {"target": "deployment/web"}},
                                "worker": {"x-mirrord": {"target": "deployment/web"}},
                                "redis": {}, "db": {}, "queue": {}
                                """))
                .contains(
                        "db, redis, web: both this project and the cluster have a service of that"
                                + " name; the project's is reached by it, the cluster's by"
                                + " db.shop, redis.shop, web.shop"
                                + " (feature.network.dns.docker_names: false leaves all names to"
                                + " the cluster)");
    }

    @Test
    void itsOwnNameIsNoClash() {
        assertThat(
                        sentence(
                                "\"web\": {\"x-mirrord\": {\"target\": \"deployment/web\"}},"
                                        + " \"queue\": {}"))
                .isEqualTo(Optional.empty());
    }

    @Test
    void whereTheClustersNamesHoldThereIsNoClash() {
        for (String dns : Set.of("{\"docker_names\": false}", "false")) {
            assertThat(
                            sentence(
                                    """
                                    "web": {"x-mirrord": {"target": "deployment/web",
                                     "feature": {"network": {"dns": %s}}}}, "redis": {}
                                    """
                                            .formatted(dns)))
                    .isEqualTo(Optional.empty());
        }
    }

    @Test
    void aServiceOutOfAContextHasNoneOfTheClustersNames() {
        assertThat(sentence("\"web\": {}, \"redis\": {}")).isEqualTo(Optional.empty());
    }

    private static Optional<String> sentence(String services) {
        JsonNode all =
                Docker.parse(
                        "{\"x-mirrord\": {\"namespace\": \"shop\"}, \"services\": {"
                                + services
                                + "}}");
        return NameClashes.sentence(
                new Project(all, all, () -> all),
                config ->
                        new Targets.Services(
                                config.namespace().orElse("default"),
                                Set.of("web", "redis", "db", "catalog")));
    }
}
