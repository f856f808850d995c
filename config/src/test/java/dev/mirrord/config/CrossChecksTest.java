package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CrossChecksTest {
    static Stream<Arguments> errors() {
        return Stream.of(
                of(
                        "{'target':'targetless','feature':{'network':{'incoming':'steal'}}}",
                        "<stdin>:1:57: feature.network.incoming.mode is steal, but a targetless"
                                + " session has no traffic to steal: name a target or remove it"),
                of(
                        "{'feature':{'env':{'include':'A','exclude':'B'}}}",
                        "<stdin>:1:44: feature.env.exclude cannot be used together with"
                                + " feature.env.include: keep one of them"),
                of(
                        "{'feature':{'network':{'incoming':{'ports':[1],'ignore_ports':[2]}}}}",
                        "<stdin>:1:63: feature.network.incoming.ignore_ports cannot be used"
                                + " together with feature.network.incoming.ports: keep one of"
                                + " them"),
                of(
                        "{'feature':{'network':{'dns':{'filter':{'local':'a','remote':'b'}}}}}",
                        "<stdin>:1:49: feature.network.dns.filter.local cannot be used together"
                                + " with feature.network.dns.filter.remote: keep one of them"),
                of(
                        "{'feature':{'network':{'outgoing':{'filter':{'local':[],'remote':[]}}}}}",
                        "<stdin>:1:54: feature.network.outgoing.filter.local cannot be used"
                                + " together with feature.network.outgoing.filter.remote: keep one"
                                + " of them"),
                of(
                        "{'startup_retry':{'min_ms':6000}}",
                        "<stdin>:1:28: startup_retry.min_ms (6000) must not be greater than"
                                + " startup_retry.max_ms (5000)"),
                of(
                        "{'startup_retry':{'max_ms':0}}",
                        "<stdin>:1:28: startup_retry.max_ms must be greater than 0"),
                of(
                        "{'agent':{'security_context':{'seccomp_profile':{'localhost_profile':'p'}}}}",
                        "<stdin>:1:70: agent.security_context.seccomp_profile.localhost_profile"
                                + " needs agent.security_context.seccomp_profile.type to be"
                                + " \"Localhost\""));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void whatContradictsItselfIsRefused(String json, String sentence) {
        assertThat(TestingConfig.problems(json)).containsExactly(sentence);
    }

    static Stream<Arguments> warnings() {
        return Stream.of(
                of(
                        "{'feature':{'network':{'incoming':{'port_mapping':[[80,80]]}}}}",
                        "<stdin>:1:51: feature.network.incoming.port_mapping maps port 80 to"
                                + " itself"),
                of(
                        "{'target':'targetless','feature':{'network':{'incoming':'mirror'}}}",
                        "<stdin>:1:57: feature.network.incoming.mode is mirror, but a targetless"
                                + " session has no traffic to mirror"),
                of(
                        "{'target':'targetless','feature':{'fs':{'volumes':true}}}",
                        "<stdin>:1:51: feature.fs.volumes has no effect without a target: there"
                                + " are no volumes"),
                of(
                        "{'target':'targetless','agent':{'namespace':'n'}}",
                        "<stdin>:1:45: agent.namespace has no effect without a target: the agent"
                                + " runs in the target namespace"),
                of(
                        "{'target':'pod/x','agent':{'node_selector':{'a':'b'}}}",
                        "<stdin>:1:44: agent.node_selector has no effect with a target: the agent"
                                + " runs on the target's node"),
                of(
                        "{'feature':{'network':{'dns':false,'outgoing':{'filter':{'remote':'db'}}}}}",
                        "<stdin>:1:67: feature.network.outgoing.filter.remote sends \"db\" through"
                                + " the target, but feature.network.dns is off: its address is"
                                + " looked up on this machine"),
                of(
                        "{'feature':{'network':{'dns':{'filter':{'local':'db'}},"
                                + "'outgoing':{'filter':{'remote':'db'}}}}}",
                        "<stdin>:1:87: feature.network.outgoing.filter.remote serves \"db\" through"
                                + " the target, but feature.network.dns.filter looks its address"
                                + " up on this machine"));
    }

    @ParameterizedTest
    @MethodSource("warnings")
    void whatHasNoEffectIsToldTheUser(String json, String sentence) {
        assertThat(TestingConfig.loaded(json).warnings()).containsExactly(sentence);
    }

    private static Arguments of(String json, String sentence) {
        return Arguments.of(json.replace('\'', '"'), sentence);
    }
}
