package dev.mirrord.agent.filter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** A condition on requests. */
sealed interface Match {
    /**
     * @param body empty: not known yet; a missing node: there is none, or none that is JSON
     */
    Answer of(Request request, Optional<JsonNode> body);

    record Header(Regex regex) implements Match {
        @Override
        public Answer of(Request request, Optional<JsonNode> body) {
            return Answer.of(regex.isInAny(request.headers()));
        }
    }

    /** The path alone is tried first, then with its query. */
    record Path(Regex regex) implements Match {
        @Override
        public Answer of(Request request, Optional<JsonNode> body) {
            return Answer.of(regex.isIn(request.path()) || regex.isIn(request.target()));
        }
    }

    record Method(String name) implements Match {
        @Override
        public Answer of(Request request, Optional<JsonNode> body) {
            return Answer.of(request.method().equalsIgnoreCase(name));
        }
    }

    /** One of the values that the query finds contains what the regex says. */
    record Body(JsonQuery query, Regex regex) implements Match {
        @Override
        public Answer of(Request request, Optional<JsonNode> body) {
            return body.map(
                            root ->
                                    Answer.of(
                                            query.select(root).stream()
                                                    .map(Body::text)
                                                    .anyMatch(regex::isIn)))
                    .orElse(Answer.BODY_DECIDES);
        }

        private static String text(JsonNode node) {
            return node.isTextual() ? node.textValue() : node.toString();
        }
    }

    record AllOf(List<Match> parts) implements Match {
        @Override
        public Answer of(Request request, Optional<JsonNode> body) {
            return combined(parts, request, body, Answer.NO, Answer.YES);
        }
    }

    record AnyOf(List<Match> parts) implements Match {
        @Override
        public Answer of(Request request, Optional<JsonNode> body) {
            return combined(parts, request, body, Answer.YES, Answer.NO);
        }
    }

    private static Answer combined(
            List<Match> parts,
            Request request,
            Optional<JsonNode> body,
            Answer decisive,
            Answer otherwise) {
        Answer all = otherwise;
        for (Match part : parts) {
            Answer one = part.of(request, body);
            if (one == decisive) {
                return one;
            }
            if (one == Answer.BODY_DECIDES) {
                all = one;
            }
        }
        return all;
    }
}
