package dev.mirrord.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GivenContextTest {
    private static final String CONFIG = "{\"target\": {\"path\": \"deployment/web\"}}";

    @Test
    void theChosenServicesAreInTheContextAndTheOthersAreAsTheyWere() {
        Project project =
                project(
                        "\"web\": {}, \"db\": {}, \"own\": {\"x-mirrord\": {\"target\":"
                                + " \"pod/x\"}}");
        Project in = given(CONFIG, "web").in(project, Set::of);
        assertThat(context(in, "web")).isEqualTo(Docker.parse(CONFIG));
        assertThat(context(in, "db").isMissingNode()).isTrue();
        assertThat(context(in, "own")).isEqualTo(Docker.parse("{\"target\": \"pod/x\"}"));
        assertThat(context(project, "web").isMissingNode()).isTrue();
    }

    @Test
    void withoutAChoiceAllThatWouldRunAreInIt() {
        Project in =
                given(CONFIG)
                        .in(
                                project(
                                        "\"web\": {}, \"db\": {}, \"off\": {},"
                                                + " \"ai\": {\"provider\": {\"type\": \"model\"}}"),
                                () -> Set.of("web", "db", "ai", "up", "-d"));
        assertThat(context(in, "web")).isEqualTo(Docker.parse(CONFIG));
        assertThat(context(in, "db")).isEqualTo(Docker.parse(CONFIG));
        assertThat(context(in, "off").isMissingNode()).isTrue();
        assertThat(context(in, "ai").isMissingNode()).isTrue();
    }

    @Test
    void theCommandLineWinsOverTheServiceKeyByKey() {
        for (String target :
                List.of(
                        "{\"deployment\": \"other\", \"namespace\": \"shop\"}",
                        "{\"path\": \"deployment/other\", \"namespace\": \"shop\"}",
                        "{\"path\": {\"deployment\": \"other\"}, \"namespace\": \"shop\"}")) {
            Project in =
                    given(
                                    """
                                    {"target": {"path": "deployment/web"},
                                     "feature": {"network": {"incoming": {"mode": "steal"}}}}
                                    """,
                                    "web")
                            .in(
                                    project(
                                            """
                                            "web": {"x-mirrord": {"target": %s, "key": "k",
                                             "feature": {"network": {"dns": false, "incoming": "mirror"}}}}
                                            """
                                                    .formatted(target)),
                                    Set::of);
            assertThat(context(in, "web"))
                    .isEqualTo(
                            Docker.parse(
                                    """
                                    {"key": "k",
                                     "feature": {"network": {"dns": false, "incoming": {"mode": "steal"}}},
                                     "target": {"path": "deployment/web", "namespace": "shop"}}
                                    """));
        }
    }

    @Test
    void aKeyOfAGroupLeavesTheOthersAsTheShorthandHasThem() {
        Project in =
                given("{\"feature\": {\"network\": {\"incoming\": {\"mode\": \"steal\"}}}}", "web")
                        .in(
                                project(
                                        """
                                        "web": {"x-mirrord": {"target": "pod/x", "feature": {"network": false}}}
                                        """),
                                Set::of);
        assertThat(context(in, "web").path("feature").path("network"))
                .isEqualTo(
                        Docker.parse(
                                """
                                {"dns": false, "outgoing": false, "incoming": {"mode": "steal"}}
                                """));
        in =
                given(
                                """
                                {"feature": {"network": {"incoming": {"ignore_ports": [9]},
                                 "dns": {"docker_names": false}, "outgoing": {"udp": false}}}}
                                """,
                                "web")
                        .in(
                                project(
                                        """
                                        "web": {"x-mirrord": {"target": "pod/x", "feature": {"network":
                                         {"incoming": "steal", "dns": true, "outgoing": true}}}}
                                        """),
                                Set::of);
        assertThat(context(in, "web").path("feature").path("network"))
                .isEqualTo(
                        Docker.parse(
                                """
                                {"incoming": {"mode": "steal", "ignore_ports": [9]},
                                 "dns": {"enabled": true, "docker_names": false},
                                 "outgoing": {"tcp": true, "udp": false}}
                                """));
    }

    @Test
    void anUnknownServiceIsToldWithTheNearest() {
        Project project = project("\"web\": {}, \"db\": {}");
        assertThatThrownBy(() -> given(CONFIG, "wep").in(project, Set::of))
                .isInstanceOf(ComposeFailure.class)
                .hasMessage(
                        "--service wep: the project has no such service; did you mean web?; it has:"
                                + " db, web");
        assertThatThrownBy(() -> given(CONFIG, "elsewhere").in(project, Set::of))
                .hasMessage(
                        "--service elsewhere: the project has no such service; it has: db, web");
    }

    @Test
    void aServiceWithoutANetworkOfItsOwnCannotBeChosen() {
        Project project =
                project("\"vpn\": {\"network_mode\": \"host\"}, \"ai\": {\"provider\": {}}");
        assertThatThrownBy(() -> given(CONFIG).in(project, () -> Set.of("vpn", "ai")))
                .hasMessageContaining("service vpn has network_mode")
                .hasMessageContaining("choose other services with --service");
        assertThatThrownBy(() -> given(CONFIG, "ai").in(project, Set::of))
                .hasMessageContaining("--service ai: a provider serves it");
    }

    private static GivenContext given(String config, String... services) {
        return GivenContext.of(
                Docker.JSON
                        .createObjectNode()
                        .<com.fasterxml.jackson.databind.node.ObjectNode>set(
                                "config", Docker.parse(config))
                        .set("services", Docker.JSON.valueToTree(List.of(services)))
                        .toString());
    }

    private static JsonNode context(Project project, String service) {
        return project.raw().path("services").path(service).path(ContextConfig.KEY);
    }

    private static Project project(String services) {
        JsonNode all = Docker.parse("{\"services\": {" + services + "}}");
        return new Project(all, all, () -> all);
    }
}
