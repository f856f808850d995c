package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BadInputTest {
    static Stream<Arguments> texts() {
        return Stream.of(
                bad(
                        "{'feature':{'network':{'ipv6':'yes'}}}",
                        "<stdin>:1:31: feature.network.ipv6 must be true or false, but is the"
                                + " string \"yes\""),
                bad(
                        "{'feature':{'network':{'dns':'on'}}}",
                        "<stdin>:1:30: feature.network.dns must be true or false, or an object, but"
                                + " is the string \"on\""),
                bad(
                        "{'feature':{'network':{'incoming':'stael'}}}",
                        "<stdin>:1:35: feature.network.incoming must be one of mirror, off, steal,"
                                + " but is the string \"stael\""),
                bad(
                        "{'feature':{'netwrok':true}}",
                        "<stdin>:1:23: unknown key feature.netwrok; the nearest known one is"
                                + " feature.network"),
                bad(
                        "{'feature':{'incoming':'steal'}}",
                        "<stdin>:1:24: unknown key feature.incoming; the nearest known one is"
                                + " feature.network.incoming"),
                bad(
                        "{'targt':'pod/x'}",
                        "<stdin>:1:10: unknown key targt; the nearest known one is target"),
                bad(
                        "{'agent':{'ttl':-1}}",
                        "<stdin>:1:17: agent.ttl must be a whole number from 0"
                                + " to 86400, but is the number -1"),
                bad(
                        "{'agent':{'ttl':1.5}}",
                        "<stdin>:1:17: agent.ttl must be a whole number from 0"
                                + " to 86400, but is the number 1.5"),
                bad("{'agent':3}", "<stdin>:1:10: agent must be an object, but is the number 3"),
                bad(
                        "{'agent':{'labels':{'a':1}}}",
                        "<stdin>:1:25: agent.labels must hold strings,"
                                + " but \"a\" is a number: write the value in quotes"),
                bad(
                        "{'agent':{'image':[]}}",
                        "<stdin>:1:19: agent.image must be a string, but is" + " a list"),
                bad(
                        "{'agent':{'image_pull_secrets':['s']}}",
                        "<stdin>:1:33: agent.image_pull_secrets must be a list of"
                                + " {\"name\": \"…\"}, but is the string \"s\""),
                bad(
                        "{'feature':{'network':{'incoming':{'ports':[0]}}}}",
                        "<stdin>:1:45: feature.network.incoming.ports must be a whole number from"
                                + " 1 to 65535, but is the number 0"),
                bad(
                        "{'feature':{'network':{'incoming':{'port_mapping':[80,81]}}}}",
                        "<stdin>:1:52: feature.network.incoming.port_mapping must be a list of"
                                + " pairs of ports, as [[8080, 80]], but is the number 80"),
                bad(
                        "{'feature':{'network':{'incoming':{'port_mapping':[[1,2],[3,2]]}}}}",
                        "<stdin>:1:58: feature.network.incoming.port_mapping names a port twice in"
                                + " [3, 2]"),
                bad(
                        "{'feature':{'network':{'outgoing':{'filter':{'local':'http://x'}}}}}",
                        "<stdin>:1:54: feature.network.outgoing.filter.local cannot be used:"
                                + " \"http://x\" is no filter: protocol \"http\" is none of tcp,"
                                + " udp, any"),
                bad(
                        "{'feature':{'env':{'mapping':{'(':'x'}}}}",
                        "<stdin>:1:30: feature.env.mapping cannot be used: \"(\" is no regular"
                                + " expression: Unclosed group at index 1"),
                bad(
                        "{'feature':{'env':{'env_file':'gone.env'}}}",
                        "cannot read the file of feature.env.env_file gone.env: it does not"
                                + " exist"),
                bad(
                        "{'target':'web'}",
                        "<stdin>:1:11: target cannot be used: target \"web\" is malformed: a kind"
                            + " is missing: did you mean deployment/web?; use pod/NAME,"
                            + " deployment/NAME, deployment/NAME/container/CONTAINER, another kind"
                            + " of workload, label/KEY=VALUE or targetless"),
                bad(
                        "{'target':'Pod/web'}",
                        "<stdin>:1:11: target cannot be used: target \"Pod/web\" is malformed:"
                            + " unknown kind \"Pod\", did you mean pod?; use pod/NAME,"
                            + " deployment/NAME, deployment/NAME/container/CONTAINER, another kind"
                            + " of workload, label/KEY=VALUE or targetless"),
                bad(
                        "{'target':{'deploymnt':'web'}}",
                        "<stdin>:1:24: target.path has an unknown key \"deploymnt\"; nearest:"
                                + " deployment"),
                bad(
                        "{'target':{'pod':'a','deployment':'b'}}",
                        "<stdin>:1:35: target.path names both pod and deployment"),
                bad(
                        "{'target':true}",
                        "<stdin>:1:11: target must be a string, or an object, but is" + " true"),
                bad("[]", "<stdin>:1:1: a configuration is an object, but this is a list"),
                bad("{'key':'a','key':'b'}", "<stdin>:1:17: not valid JSON: Duplicate field 'key'"),
                bad(
                        "{'operator':true}",
                        "<stdin>:1:13: operator is not implemented in this version: there is no"
                                + " operator; remove it"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void isToldInOneSentence(String json, String sentence) {
        assertThat(TestingConfig.problems(json)).containsExactly(sentence);
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThat(
                        TestingConfig.problems(
                                "{\"key\":1,\"use_proxy\":2}",
                                Map.of("MIRRORD_REMOTE_DNS", "maybe"),
                                new Overrides().parse(Keys.AGENT_TTL, "soon", "--agent-ttl")))
                .containsExactly(
                        "<stdin>:1:8: key must be a string, but is the number 1",
                        "<stdin>:1:22: use_proxy must be true or false, but is the number 2",
                        "MIRRORD_REMOTE_DNS: feature.network.dns.enabled must be true or false,"
                                + " but is \"maybe\"",
                        "--agent-ttl: agent.ttl must be a whole number from 0 to 86400, but is"
                                + " \"soon\"");
    }

    @Test
    void aFilterInAVariableIsRefusedRatherThanForgotten() {
        assertThat(
                        TestingConfig.problems(
                                "{}",
                                Map.of("MIRRORD_HTTP_HEADER_FILTER_JQ", "x"),
                                new Overrides()))
                .containsExactly(
                        "MIRRORD_HTTP_HEADER_FILTER_JQ:"
                                + " feature.network.incoming.http_filter.header_filter_jq is not"
                                + " implemented in this version: write it as a regular expression,"
                                + " as header_filter; remove it");
    }

    @Test
    void whatIsNotImplementedButHarmlessIsAWarning() {
        assertThat(
                        TestingConfig.loaded(
                                        "{\"feature\":{\"magic\":{\"aws\":true}},\"telemetry\":true}")
                                .warnings())
                .containsExactly(
                        "<stdin>:1:28: feature.magic.aws is not implemented in this version",
                        "<stdin>:1:47: telemetry is not implemented in this version");
    }

    @Test
    void whatAsksForTheBuiltInBehaviourIsAcceptedSilently() {
        assertThat(
                        TestingConfig.loaded(
                                        "{\"$schema\":\"x\",\"operator\":false,\"telemetry\":false,"
                                            + "\"feature\":{\"copy_target\":false,\"fs\":\"local\"},"
                                            + "\"profile\":null}")
                                .warnings())
                .isEmpty();
    }

    private static Arguments bad(String json, String sentence) {
        return Arguments.of(json.replace('\'', '"'), sentence);
    }
}
