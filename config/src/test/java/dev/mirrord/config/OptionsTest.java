package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.config.environment.EnvironmentRules;
import dev.mirrord.config.filter.DnsFilter;
import dev.mirrord.config.filter.OutgoingFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptionsTest {
    @Test
    void nothingSetGivesTheDocumentedDefaults() {
        MirrordConfig config = TestingConfig.json("{}");

        assertThat(config.target()).isEmpty();
        assertThat(config.namespace()).isEmpty();
        assertThat(config.key()).isEmpty();
        assertThat(config.pidOne()).isEqualTo(PidOne.AUTO);
        assertThat(config.kubernetes())
                .isEqualTo(
                        new KubernetesConfig(
                                Optional.empty(),
                                List.of(),
                                Optional.empty(),
                                true,
                                new StartupRetry(
                                        Duration.ofMillis(500), Duration.ofSeconds(5), 2)));
        assertThat(config.container()).isEqualTo(new ContainerConfig(Optional.empty(), List.of()));
        assertThat(config.feature().environment()).isEqualTo(EnvironmentRules.DEFAULT);
        assertThat(config.feature().hostname()).isTrue();
        assertThat(config.feature().network())
                .isEqualTo(
                        new NetworkConfig(
                                true,
                                new DnsConfig(true, DnsFilter.NONE, true),
                                new OutgoingConfig(
                                        true, true, false, OutgoingFilter.NONE, List.of()),
                                IncomingConfig.of(
                                        IncomingMode.MIRROR,
                                        Map.of(),
                                        Map.of(),
                                        Optional.empty(),
                                        java.util.Set.of(),
                                        false,
                                        Optional.empty(),
                                        TlsConfig.NONE)));
    }

    @Test
    void unixStreamsAreOneExpressionOrSeveral() {
        assertThat(unixStreams("\"^/run/db\"")).containsExactly("^/run/db");
        assertThat(unixStreams("[\"a\", \"b\"]")).containsExactly("a", "b");
        assertThatThrownBy(() -> unixStreams("\"(\"")).hasMessageContaining("parenthesis");
    }

    private static List<String> unixStreams(String value) {
        return TestingConfig.json(
                        "{\"feature\":{\"network\":{\"outgoing\":{\"unix_streams\":%s}}}}"
                                .formatted(value))
                .feature()
                .network()
                .outgoing()
                .unixStreams();
    }

    @Test
    void theAgentsDefaultsAreTheDocumentedOnes() {
        AgentConfig agent = TestingConfig.json("{}").agent();

        assertThat(agent.image().resolve("mirrord-agent", "9")).isEqualTo("mirrord-agent:9");
        assertThat(agent.imagePullPolicy()).isEqualTo("IfNotPresent");
        assertThat(agent.logLevel()).isEqualTo("info");
        assertThat(agent.privileged()).isFalse();
        assertThat(agent.disableMeshSidecarInjection()).isTrue();
        assertThat(agent.communicationTimeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(agent.startupTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(agent.ttl()).isEqualTo(Duration.ofSeconds(5));
        assertThat(
                        List.of(
                                agent.imagePullSecrets().isEmpty(),
                                agent.namespace().isEmpty(),
                                agent.annotations().isEmpty(),
                                agent.labels().isEmpty(),
                                agent.nodeSelector().isEmpty(),
                                agent.resources().isEmpty(),
                                agent.tolerations().isEmpty(),
                                agent.priorityClass().isEmpty(),
                                agent.serviceAccount().isEmpty(),
                                agent.appArmorProfile().isEmpty(),
                                agent.seccompProfile().isEmpty(),
                                agent.disabledCapabilities().isEmpty()))
                .containsOnly(true);
    }

    static Stream<Arguments> files() {
        return Stream.of(
                file("{'target':'pod/a'}", c -> c.target().orElseThrow().path(), "pod/a"),
                file(
                        "{'target':'deploy/a/container/b'}",
                        c -> c.target().orElseThrow().path(),
                        "deployment/a/container/b"),
                file(
                        "{'target':'targetless'}",
                        c -> c.target().orElseThrow(),
                        new Target.Targetless()),
                file(
                        "{'target':{'deployment':'a','container':'b'}}",
                        c -> c.target().orElseThrow().path(),
                        "deployment/a/container/b"),
                file(
                        "{'target':{'path':'pod/a','namespace':'n'}}",
                        c -> c.target().orElseThrow().path() + c.namespace(),
                        "pod/aOptional[n]"),
                file(
                        "{'target':{'path':{'pod':'a'},'namespace':'n'}}",
                        c -> c.target().orElseThrow().path() + c.namespace(),
                        "pod/aOptional[n]"),
                file("{'target':{'namespace':'n'}}", c -> c.target().isEmpty(), true),
                file(
                        "{'target':{'labels':{'app':'x','v':'2'}}}",
                        c -> c.target().orElseThrow().path(),
                        "label/app=x,v=2"),
                file(
                        "{'target':{'stateful_set':'x'}}",
                        c -> c.target().orElseThrow().path(),
                        "statefulset/x"),
                file("{'key':'k'}", MirrordConfig::key, Optional.of("k")),
                file("{'kube_context':'c'}", c -> c.kubernetes().context(), Optional.of("c")),
                file(
                        "{'kubeconfig':'/a:b'}",
                        c -> c.kubernetes().kubeconfig(),
                        List.of(Path.of("/a"), Path.of("/nonexistent/b"))),
                file(
                        "{'accept_invalid_certificates':true}",
                        c -> c.kubernetes().acceptInvalidCertificates(),
                        Optional.of(true)),
                file("{'use_proxy':false}", c -> c.kubernetes().useProxy(), false),
                file(
                        "{'startup_retry':{'min_ms':1,'max_ms':2,'max_retries':3}}",
                        c -> c.kubernetes().startupRetry(),
                        new StartupRetry(Duration.ofMillis(1), Duration.ofMillis(2), 3)),
                file(
                        "{'container':{'cli_image':'i'}}",
                        c -> c.container().image(),
                        Optional.of("i")),
                file(
                        "{'container':{'cli_extra_args':['-l','a=b;c']}}",
                        c -> c.container().extraArguments(),
                        List.of("-l", "a=b;c")),
                file("{'launcher':{'pid1':'app'}}", MirrordConfig::pidOne, PidOne.APP),
                file("{'launcher':{'pid1':'launcher'}}", MirrordConfig::pidOne, PidOne.LAUNCHER),
                file("{'feature':{'hostname':false}}", c -> c.feature().hostname(), false),
                file("{'feature':{'env':false}}", c -> environment(c).include(), List.of()),
                file("{'feature':{'env':true}}", c -> environment(c), EnvironmentRules.DEFAULT),
                file(
                        "{'feature':{'env':{'include':'A;B_*'}}}",
                        c -> environment(c).include(),
                        List.of("A", "B_*")),
                file(
                        "{'feature':{'env':{'include':['A','B']}}}",
                        c -> environment(c).include(),
                        List.of("A", "B")),
                file(
                        "{'feature':{'env':{'exclude':'A'}}}",
                        c -> environment(c).exclude(),
                        List.of("A")),
                file(
                        "{'feature':{'env':{'override':{'A':'1'}}}}",
                        c -> environment(c).override(),
                        Map.of("A", "1")),
                file(
                        "{'feature':{'env':{'mapping':{'.+_T':'1'}}}}",
                        c -> environment(c).mapping(),
                        Map.of(".+_T", "1")),
                file(
                        "{'feature':{'env':{'unset':'A;B'}}}",
                        c -> environment(c).unset(),
                        List.of("A", "B")));
    }

    @ParameterizedTest
    @MethodSource({"files", "agent"})
    void anOptionOfTheFileArrives(
            String json, Function<MirrordConfig, Object> option, Object expected) {
        assertThat(option.apply(TestingConfig.json(json.replace('\'', '"')))).isEqualTo(expected);
    }

    static Stream<Arguments> agent() {
        return Stream.of(
                agent("'image':'r/i:2'", a -> a.image().resolve("n", "v"), "r/i:2"),
                agent("'image':{'tag':'2'}", a -> a.image().resolve("n", "v"), "n:2"),
                agent("'image':{'registry':'r/i'}", a -> a.image().resolve("n", "v"), "r/i:v"),
                agent("'image_pull_policy':'Never'", AgentConfig::imagePullPolicy, "Never"),
                agent(
                        "'image_pull_secrets':[{'name':'s'}]",
                        AgentConfig::imagePullSecrets,
                        List.of("s")),
                agent("'namespace':'n'", AgentConfig::namespace, Optional.of("n")),
                agent("'annotations':{'a':'b'}", AgentConfig::annotations, Map.of("a", "b")),
                agent("'labels':{'a':'b'}", AgentConfig::labels, Map.of("a", "b")),
                agent("'node_selector':{'a':'b'}", AgentConfig::nodeSelector, Map.of("a", "b")),
                agent(
                        "'resources':{'limits':{'cpu':1}}",
                        AgentConfig::resources,
                        Optional.of(Map.of("limits", Map.of("cpu", 1L)))),
                agent(
                        "'tolerations':[{'operator':'Exists'}]",
                        AgentConfig::tolerations,
                        Optional.of(List.of(Map.of("operator", "Exists")))),
                agent("'priority_class':'p'", AgentConfig::priorityClass, Optional.of("p")),
                agent("'service_account':'s'", AgentConfig::serviceAccount, Optional.of("s")),
                agent(
                        "'security_context':{'app_armor_profile':{'type':'Unconfined'}}",
                        AgentConfig::appArmorProfile,
                        Optional.of(new SecurityProfile("Unconfined", Optional.empty()))),
                agent(
                        "'security_context':{'seccomp_profile':{'type':'Localhost',"
                                + "'localhost_profile':'p'}}",
                        AgentConfig::seccompProfile,
                        Optional.of(new SecurityProfile("Localhost", Optional.of("p")))),
                agent("'privileged':true", AgentConfig::privileged, true),
                agent(
                        "'disabled_capabilities':['NET_ADMIN']",
                        AgentConfig::disabledCapabilities,
                        java.util.Set.of(Capability.NET_ADMIN)),
                agent(
                        "'disable_mesh_sidecar_injection':false",
                        AgentConfig::disableMeshSidecarInjection,
                        false),
                agent("'log_level':'debug'", AgentConfig::logLevel, "debug"),
                agent(
                        "'communication_timeout':7",
                        AgentConfig::communicationTimeout,
                        Duration.ofSeconds(7)),
                agent("'startup_timeout':7", AgentConfig::startupTimeout, Duration.ofSeconds(7)),
                agent("'ttl':7", AgentConfig::ttl, Duration.ofSeconds(7)));
    }

    private static EnvironmentRules environment(MirrordConfig config) {
        return config.feature().environment();
    }

    private static Arguments agent(
            String json, Function<AgentConfig, Object> option, Object expected) {
        return file("{'agent':{" + json + "}}", c -> option.apply(c.agent()), expected);
    }

    private static Arguments file(
            String json, Function<MirrordConfig, Object> option, Object expected) {
        return Arguments.of(json, option, expected);
    }
}
