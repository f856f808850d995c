package dev.mirrord.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HttpFilterTest {
    private static final String REST =
            ",\"probes\":false,\"fallback\":true,\"inject\":false,\"detectMillis\":2000,"
                    + "\"bodyLimit\":65535,\"bodyMillis\":1000}";

    private static String config(String filter) {
        return "{'feature':{'network':{'incoming':{'mode':'steal','http_filter':%s}}}}"
                .formatted(filter)
                .replace('\'', '"');
    }

    private static Optional<String> filter(String filter, int port) {
        SidecarConfig sidecar = TestingConfig.json(config(filter)).sidecar();
        // As it travels.
        return SidecarConfig.fromJson(sidecar.toJson()).network().incoming().filter(port);
    }

    static Stream<Arguments> filters() {
        return Stream.of(
                Arguments.of(
                        "{'header_filter':'^x-user: (?P<u>a)'}", "{'header':'^x-user: (?<u>a)'}"),
                Arguments.of("{'path_filter':'^/a\\\\d'}", "{'path':'^/a\\\\d'}"),
                Arguments.of("{'method_filter':'post'}", "{'method':'post'}"),
                Arguments.of(
                        "{'method_filter':'GET','path_filter':'/a'}",
                        "{'all':[{'path':'/a'},{'method':'GET'}]}"),
                Arguments.of(
                        "{'body_filter':{'body':'json','query':'$..a[0]','matches':'x'}}",
                        "{'body':'x','query':[{'deep':true,'select':[{'name':'a'}]},"
                                + "{'deep':false,'select':[{'index':0}]}]}"),
                Arguments.of(
                        "{'any_of':[{'header':'a'},{'body':'json','query':'$[*,-1,1:2]','matches':'m'}]}",
                        "{'any':[{'header':'a'},{'body':'m','query':[{'deep':false,'select':"
                                + "[{'wild':true},{'index':-1},{'slice':[1,2,1]}]}]}]}"));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void reachesTheAgentAsItWasMeant(String filter, String match) {
        assertThat(filter(filter, 80)).contains(("{'match':" + match).replace('\'', '"') + REST);
    }

    @Test
    void holdsForItsPorts() {
        assertThat(filter("{'path_filter':'a','ports':[80]}", 80)).isPresent();
        assertThat(filter("{'path_filter':'a','ports':[80]}", 81)).isEmpty();
    }

    @Test
    void aVariableDoesTheSame() {
        MirrordConfig config =
                TestingConfig.environment(
                        Map.of(
                                "MIRRORD_AGENT_TCP_STEAL_TRAFFIC", "true",
                                "MIRRORD_HTTP_PATH_FILTER", "/a",
                                "MIRRORD_HTTP_FILTER_PORTS", "80,81"));
        assertThat(config.feature().network().incoming().httpFilter().orElseThrow().ports())
                .contains(new java.util.TreeSet<>(List.of(80, 81)));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "{'header_filter':'x: (a'}",
                        "header_filter cannot be used: no regular expression: unclosed group\n"
                                + "    x: (a\n         ^"),
                Arguments.of(
                        "{'body_filter':{'body':'json','query':'$.a[?@.b]','matches':'x'}}",
                        "body_filter cannot be used: no JSONPath: filter selectors (?) are not"
                                + " implemented in this version\n    $.a[?@.b]\n        ^"),
                Arguments.of(
                        "{'header_filter':'a','path_filter':'b'}",
                        "path_filter cannot be used together with"
                                + " feature.network.incoming.http_filter.header_filter: write both"
                                + " into all_of or any_of"),
                Arguments.of("{'all_of':[]}", "must be a list of at least one condition"),
                Arguments.of("{'any_of':[{'jq':'x'}]}", "jq condition, which is not implemented"),
                Arguments.of("{'ports':[80]}", "has no filter whose ports it could be"),
                Arguments.of("{'path_filter':'a','ports':[70000]}", "from 1 to 65535"),
                Arguments.of("{'method_filter':'G E T'}", "no HTTP method"),
                Arguments.of("{'path_filter':''}", "an empty expression is in every text"),
                Arguments.of("{'baggage':'x'}", "is KEY=VALUE"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsShown(String filter, String sentence) {
        assertThat(TestingConfig.problems(config(filter)))
                .singleElement()
                .asString()
                .contains(sentence);
    }

    @Test
    void aFilterWithoutIncomingTrafficIsRefused() {
        String filter = config("{'path_filter':'a'}");
        assertThat(TestingConfig.problems(filter.replace("steal", "mirror"))).isEmpty();
        assertThat(TestingConfig.problems(filter.replace("steal", "off")))
                .singleElement()
                .asString()
                .contains("mode is off: set it to steal or mirror, or remove the filter");
    }
}
