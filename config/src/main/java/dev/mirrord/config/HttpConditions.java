package dev.mirrord.config;

import dev.mirrord.config.http.Conditions;
import dev.mirrord.config.http.Malformed;
import dev.mirrord.config.source.Location;
import dev.mirrord.config.source.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Types of conditions on HTTP requests; their values are what the agent reads. */
final class HttpConditions {
    static final Type<String> HEADER = new Written(Conditions::header);
    static final Type<String> PATH = new Written(Conditions::path);
    static final Type<String> METHOD = new Written(Conditions::method);
    static final Type<String> BAGGAGE = new Written(Conditions::baggage);
    static final Type<String> BODY = new Bodies();
    static final Type<String> ALL = new Several(Conditions::all);
    static final Type<String> ANY = new Several(Conditions::any);

    private static final Shape.Fields BODY_SHAPE =
            new Shape.Fields(
                    Map.of(
                            "body", new Shape.Word(List.of("json")),
                            "query", new Shape.Text(),
                            "matches", new Shape.Text()),
                    List.of("body", "query", "matches"));
    private static final Shape CONDITION =
            new Shape.Either(one("header"), one("path"), one("method"), one("baggage"), BODY_SHAPE);

    private HttpConditions() {}

    private static Shape one(String name) {
        return new Shape.Fields(Map.of(name, new Shape.Text()), List.of(name));
    }

    private interface Maker {
        String make(String text) throws Malformed;
    }

    private interface Joiner {
        String join(List<String> conditions);
    }

    private record Written(Maker maker) implements Type<String> {
        @Override
        public String read(Value value) throws WrongValue {
            if (value instanceof Value.Text text) {
                return make(maker, text.value(), value.location());
            }
            throw Type.wrong(value, "a string");
        }

        @Override
        public String parse(String text) throws WrongValue {
            try {
                return maker.make(text);
            } catch (Malformed e) {
                throw new WrongValue(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public Shape shape() {
            return new Shape.Text();
        }

        @Override
        public boolean isKeptAsWritten() {
            return false;
        }
    }

    private static String make(Maker maker, String text, Location location) throws WrongValue {
        try {
            return maker.make(text);
        } catch (Malformed e) {
            throw new WrongValue(location, String.valueOf(e.getMessage()));
        }
    }

    private record Bodies() implements Type<String> {
        @Override
        public String read(Value value) throws WrongValue {
            if (!(value instanceof Value.Table table)) {
                throw Type.wrong(value, "an object");
            }
            known(table, Set.of("body", "query", "matches"));
            return body(table);
        }

        @Override
        public String parse(String text) throws WrongValue {
            throw new WrongValue("can only be set in a configuration file");
        }

        @Override
        public Shape shape() {
            return BODY_SHAPE;
        }

        @Override
        public boolean isKeptAsWritten() {
            return false;
        }
    }

    private static String body(Value.Table table) throws WrongValue {
        Value kind = table.entries().get("body");
        if (!(kind instanceof Value.Text text) || !text.value().equals("json")) {
            throw new WrongValue(table.location(), "needs \"body\": \"json\"");
        }
        Value query = text(table, "query");
        Value matches = text(table, "matches");
        make(asked -> Conditions.body(asked, "x"), ((Value.Text) query).value(), query.location());
        return make(
                regex -> Conditions.body(((Value.Text) query).value(), regex),
                ((Value.Text) matches).value(),
                matches.location());
    }

    private static Value text(Value.Table table, String name) throws WrongValue {
        Value value = Optional.ofNullable(table.entries().get(name)).orElse(table);
        if (!(value instanceof Value.Text)) {
            throw new WrongValue(value.location(), "needs a string \"" + name + "\"");
        }
        return value;
    }

    private static void known(Value.Table table, Set<String> names) throws WrongValue {
        for (Map.Entry<String, Value> entry : table.entries().entrySet()) {
            if (!names.contains(entry.getKey())) {
                String why =
                        entry.getKey().equals("jq")
                                ? "has a jq condition, which is not implemented in this version"
                                : "has an unknown key \"" + entry.getKey() + "\"";
                throw new WrongValue(entry.getValue().location(), why);
            }
        }
    }

    private record Several(Joiner joiner) implements Type<String> {
        @Override
        public String read(Value value) throws WrongValue {
            if (!(value instanceof Value.Sequence list) || list.items().isEmpty()) {
                throw Type.wrong(value, "a list of at least one condition");
            }
            List<String> conditions = new ArrayList<>();
            for (Value item : list.items()) {
                conditions.add(one(item));
            }
            return joiner.join(conditions);
        }

        private static String one(Value item) throws WrongValue {
            if (!(item instanceof Value.Table table)) {
                throw Type.wrong(item, "a condition such as {\"header\": \"…\"}");
            }
            known(table, Set.of("header", "path", "method", "baggage", "body", "query", "matches"));
            if (table.entries().containsKey("body")) {
                known(table, Set.of("body", "query", "matches"));
                return body(table);
            }
            if (table.entries().size() != 1) {
                throw new WrongValue(
                        item.location(),
                        "has a condition that is not exactly one of header, path, method, baggage,"
                                + " body");
            }
            Map.Entry<String, Value> entry = table.entries().entrySet().iterator().next();
            return switch (entry.getKey()) {
                case "header" -> HEADER.read(entry.getValue());
                case "path" -> PATH.read(entry.getValue());
                case "method" -> METHOD.read(entry.getValue());
                case "baggage" -> BAGGAGE.read(entry.getValue());
                default ->
                        throw new WrongValue(
                                item.location(), "has a body condition without \"body\"");
            };
        }

        @Override
        public String parse(String text) throws WrongValue {
            throw new WrongValue("can only be set in a configuration file");
        }

        @Override
        public Shape shape() {
            return new Shape.Several(CONDITION);
        }

        @Override
        public boolean isKeptAsWritten() {
            return false;
        }
    }
}
