package dev.mirrord.agent.filter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The filter of a subscription.
 *
 * @param probes the kubelet's probes are the app's, too
 * @param fallback what matches goes to the target when the app does not take it
 * @param inject answers say in a header whose they are
 * @param detectMillis after this time what is not recognised is no HTTP
 * @param bodyLimit bytes of a body that are waited for
 * @param bodyMillis how long for
 */
public record HttpFilter(
        Match match,
        boolean probes,
        boolean fallback,
        boolean inject,
        int detectMillis,
        int bodyLimit,
        int bodyMillis) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @throws IllegalArgumentException when it is not of the form that docs/protocol.md says
     */
    public static HttpFilter of(JsonNode json) {
        return new HttpFilter(
                match(json.path("match")),
                json.path("probes").asBoolean(),
                json.path("fallback").asBoolean(true),
                json.path("inject").asBoolean(),
                json.path("detectMillis").asInt(2_000),
                json.path("bodyLimit").asInt(65_535),
                json.path("bodyMillis").asInt(1_000));
    }

    private static Match match(JsonNode json) {
        if (json.has("header")) {
            return new Match.Header(new Regex(json.path("header").asText()));
        }
        if (json.has("path")) {
            return new Match.Path(new Regex(json.path("path").asText()));
        }
        if (json.has("method")) {
            return new Match.Method(json.path("method").asText());
        }
        if (json.has("body")) {
            return new Match.Body(
                    JsonQuery.of(json.path("query")), new Regex(json.path("body").asText()));
        }
        if (json.has("all")) {
            return new Match.AllOf(matches(json.path("all")));
        }
        if (json.has("any")) {
            return new Match.AnyOf(matches(json.path("any")));
        }
        throw new IllegalArgumentException("unknown kind of filter: " + json);
    }

    private static List<Match> matches(JsonNode list) {
        List<Match> matches = new ArrayList<>();
        list.forEach(part -> matches.add(match(part)));
        return matches;
    }

    /** Before anything of the body is known. */
    public Answer judge(Request request) {
        return !probes && request.isProbe() ? Answer.NO : match.of(request, Optional.empty());
    }

    /** With the whole body, or without one when it did not come in time and size. */
    public boolean matches(Request request, Optional<byte[]> body) {
        JsonNode json = body.map(HttpFilter::parse).orElse(MissingNode.getInstance());
        return match.of(request, Optional.of(json)) == Answer.YES;
    }

    private static JsonNode parse(byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            return json == null ? MissingNode.getInstance() : json;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }
}
