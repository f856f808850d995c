package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PrecedenceTest {
    private static final String FILE = "{\"key\":\"file\"}";
    private static final Map<String, String> VARIABLE = Map.of("MIRRORD_KEY", "variable");

    @Test
    void aFlagWinsOverAVariableOverTheFile() throws ConfigException {
        Overrides flag = new Overrides().parse(Keys.KEY, "flag", "--key");

        assertThat(TestingConfig.load(FILE, VARIABLE, flag).config().key()).contains("flag");
        assertThat(TestingConfig.load(FILE, VARIABLE, new Overrides()).config().key())
                .contains("variable");
        assertThat(TestingConfig.json(FILE).key()).contains("file");
    }

    @Test
    void anEmptyVariableIsNotSet() throws ConfigException {
        assertThat(
                        TestingConfig.load(FILE, Map.of("MIRRORD_KEY", ""), new Overrides())
                                .config()
                                .key())
                .contains("file");
    }

    @Test
    void aFlagWinsOverAShorthandOfTheFile() throws ConfigException {
        Overrides steal = new Overrides().set(Keys.INCOMING_MODE, IncomingMode.STEAL, "--steal");

        NetworkConfig network =
                TestingConfig.load("{\"feature\":{\"network\":false}}", Map.of(), steal)
                        .config()
                        .feature()
                        .network();

        assertThat(network.incoming().mode()).isEqualTo(IncomingMode.STEAL);
        assertThat(network.dns().enabled()).isFalse();
    }

    @Test
    void anEnvironmentThatTheFileTurnsOffCanBeTurnedOnByAFlag() throws ConfigException {
        Overrides include = new Overrides().parse(Keys.ENV_INCLUDE, "A;B", "-s");

        assertThat(
                        TestingConfig.load("{\"feature\":{\"env\":false}}", Map.of(), include)
                                .config()
                                .feature()
                                .environment()
                                .include())
                .containsExactly("A", "B");
    }

    @Test
    void aContradictionBetweenSourcesNamesTheLaterOne() {
        assertThat(
                        TestingConfig.problems(
                                "{\"target\":\"targetless\"}",
                                Map.of(),
                                new Overrides()
                                        .set(Keys.INCOMING_MODE, IncomingMode.STEAL, "--steal")))
                .containsExactly(
                        "--steal: feature.network.incoming.mode is steal, but a targetless session"
                                + " has no traffic to steal: name a target or remove it");
    }

    static Stream<Arguments> variables() {
        return Stream.of(
                of("MIRRORD_IMPERSONATED_TARGET", "pod/a", c -> c.target().orElseThrow().path()),
                of("MIRRORD_TARGET_NAMESPACE", "n", c -> c.namespace().orElseThrow()),
                of("MIRRORD_KUBE_CONTEXT", "c", c -> c.kubernetes().context().orElseThrow()),
                of("MIRRORD_KUBECONFIG", "/k", c -> c.kubernetes().kubeconfig().getFirst()),
                of(
                        "MIRRORD_ACCEPT_INVALID_CERTIFICATES",
                        "true",
                        c -> c.kubernetes().acceptInvalidCertificates().orElseThrow()),
                of("MIRRORD_PROXY", "false", c -> c.kubernetes().useProxy()),
                of("MIRRORD_AGENT_IMAGE", "i:1", c -> c.agent().image().resolve("n", "v")),
                of("MIRRORD_AGENT_IMAGE_REGISTRY", "r", c -> c.agent().image().registry().get()),
                of("MIRRORD_AGENT_IMAGE_TAG", "t", c -> c.agent().image().tag().get()),
                of("MIRRORD_AGENT_IMAGE_PULL_POLICY", "Always", c -> c.agent().imagePullPolicy()),
                of("MIRRORD_AGENT_NAMESPACE", "n", c -> c.agent().namespace().orElseThrow()),
                of("MIRRORD_AGENT_RUST_LOG", "trace", c -> c.agent().logLevel()),
                of(
                        "MIRRORD_AGENT_COMMUNICATION_TIMEOUT",
                        "9",
                        c -> c.agent().communicationTimeout().toSeconds()),
                of(
                        "MIRRORD_AGENT_STARTUP_TIMEOUT",
                        "9",
                        c -> c.agent().startupTimeout().toSeconds()),
                of("MIRRORD_AGENT_TTL", "9", c -> c.agent().ttl().toSeconds()),
                of("MIRRORD_ENABLE_IPV6", "false", c -> c.feature().network().ipv6()),
                of("MIRRORD_REMOTE_DNS", "false", c -> c.feature().network().dns().enabled()),
                of("MIRRORD_TCP_OUTGOING", "false", c -> c.feature().network().outgoing().tcp()),
                of("MIRRORD_UDP_OUTGOING", "false", c -> c.feature().network().outgoing().udp()));
    }

    @ParameterizedTest
    @MethodSource("variables")
    void aVariableSetsItsOption(String name, String text, Function<MirrordConfig, Object> option) {
        assertThat(option.apply(TestingConfig.environment(Map.of(name, text)))).hasToString(text);
    }

    @Test
    void theStealVariableKnowsWordsAndBooleans() {
        assertThat(mode("true")).isEqualTo(IncomingMode.STEAL);
        assertThat(mode("false")).isEqualTo(IncomingMode.MIRROR);
        assertThat(mode("steal")).isEqualTo(IncomingMode.STEAL);
        assertThat(mode("off")).isEqualTo(IncomingMode.OFF);
    }

    @Test
    void listsInVariablesAreSeparatedBySemicolons() {
        MirrordConfig include =
                TestingConfig.environment(Map.of("MIRRORD_OVERRIDE_ENV_VARS_INCLUDE", "A; B_*"));
        MirrordConfig exclude =
                TestingConfig.environment(Map.of("MIRRORD_OVERRIDE_ENV_VARS_EXCLUDE", "A;B"));

        assertThat(include.feature().environment().include()).isEqualTo(List.of("A", "B_*"));
        assertThat(exclude.feature().environment().exclude()).isEqualTo(List.of("A", "B"));
    }

    private static IncomingMode mode(String text) {
        return TestingConfig.environment(Map.of("MIRRORD_AGENT_TCP_STEAL_TRAFFIC", text))
                .feature()
                .network()
                .incoming()
                .mode();
    }

    private static Arguments of(String name, String text, Function<MirrordConfig, Object> option) {
        return Arguments.of(name, text, option);
    }
}
