package dev.mirrord.agent.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HttpFilterTest {
    private static HttpFilter filter(String match) {
        try {
            return HttpFilter.of(
                    new ObjectMapper().readTree(("{'match':" + match + "}").replace('\'', '"')));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Answer judge(String match, String target, String... headers) {
        return filter(match).judge(new Request("GET", target, List.of(headers)));
    }

    @Test
    void anExpressionIsLookedForAnywhereWhateverTheCase() {
        assertThat(judge("{'header':'user: ALI'}", "/", "X-User: alice")).isEqualTo(Answer.YES);
        assertThat(judge("{'header':'^user'}", "/", "X-User: alice")).isEqualTo(Answer.NO);
        assertThat(judge("{'header':'(?-i)ALI'}", "/", "X-User: alice")).isEqualTo(Answer.NO);
        assertThat(judge("{'header':'^user-agent: (?!curl)'}", "/", "User-Agent: wget"))
                .isEqualTo(Answer.YES);
    }

    @Test
    void aPathIsTriedWithoutAndWithItsQuery() {
        assertThat(judge("{'path':'/a$'}", "/a?b=c")).isEqualTo(Answer.YES);
        assertThat(judge("{'path':'b=c$'}", "/a?b=c")).isEqualTo(Answer.YES);
        assertThat(judge("{'path':'^b'}", "/a?b=c")).isEqualTo(Answer.NO);
    }

    @Test
    void aBodyIsWaitedForOnlyWhereItDecides() {
        String body = "{'body':'x','query':[{'select':[{'name':'a'}]}]}";
        assertThat(judge("{'all':[{'method':'POST'}," + body + "]}", "/")).isEqualTo(Answer.NO);
        assertThat(judge("{'any':[{'method':'get'}," + body + "]}", "/")).isEqualTo(Answer.YES);
        assertThat(judge("{'all':[{'method':'GET'}," + body + "]}", "/"))
                .isEqualTo(Answer.BODY_DECIDES);
    }

    private static boolean finds(String query, String json, String regex) {
        return filter("{'body':'" + regex + "','query':" + query + "}")
                .matches(
                        new Request("POST", "/", List.of()),
                        Optional.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aQueryFindsWhatItSays() {
        String json = "{\"a\":{\"b\":[1,2,{\"c\":\"deep\"}]},\"d\":true}";
        assertThat(finds("[{'deep':true,'select':[{'name':'c'}]}]", json, "^deep$")).isTrue();
        assertThat(
                        finds(
                                "[{'select':[{'name':'a'}]},{'select':[{'name':'b'}]},{'select':[{'index':-2}]}]",
                                json,
                                "^2$"))
                .isTrue();
        assertThat(finds("[{'deep':true,'select':[{'slice':[null,null,-2]}]}]", json, "^1$"))
                .isTrue();
        assertThat(finds("[{'select':[{'wild':true}]}]", json, "^true$")).isTrue();
        assertThat(finds("[{'select':[{'name':'x'}]}]", json, "")).isFalse();
        assertThat(finds("[{'select':[{'name':'a'}]}]", "no json", "")).isFalse();
    }

    @Test
    void anExpressionThatWouldTakeForEverIsGivenUp() {
        Instant begun = Instant.now();
        assertThat(judge("{'header':'(a+)+$'}", "/", "x: " + "a".repeat(60) + "b"))
                .isEqualTo(Answer.NO);
        assertThat(judge("{'header':'(a|b)*c$'}", "/", "x: " + "a".repeat(60_000)))
                .isEqualTo(Answer.NO);
        assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aHeaderThatTakesForEverHidesNoOther() {
        for (String endless : List.of("x: " + "a".repeat(60) + "b", "x: " + "a".repeat(60_000))) {
            assertThat(judge("{'header':'(a+)+c$'}", "/", endless, "y: aac")).isEqualTo(Answer.YES);
            assertThat(judge("{'header':'(a|b)*c$'}", "/", endless, "y: abc"))
                    .isEqualTo(Answer.YES);
        }
    }
}
