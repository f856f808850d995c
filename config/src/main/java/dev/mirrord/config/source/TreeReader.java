package dev.mirrord.config.source;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pulls one tree from a parser; YAML's aliases are replaced by what they name. */
final class TreeReader {
    private static final int MAX_DEPTH = 64;

    private final String name;
    private final JsonParser parser;
    private final Format format;
    private final Map<String, Value> anchors = new HashMap<>();

    TreeReader(String name, JsonParser parser, Format format) {
        this.name = name;
        this.parser = parser;
        this.format = format;
    }

    Value read() throws IOException, SyntaxException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return new Value.Absent(Location.of(name));
        }
        Value value = value(first, 0);
        if (parser.nextToken() != null) {
            throw new SyntaxException(here(), "there is more text after the end of the object");
        }
        return value;
    }

    private Value value(JsonToken token, int depth) throws IOException, SyntaxException {
        Location at = here();
        if (depth > MAX_DEPTH) {
            throw new SyntaxException(at, "nested deeper than " + MAX_DEPTH + " levels");
        }
        if (format == Format.YAML && ((YAMLParser) parser).isCurrentAlias()) {
            Value known = anchors.get(parser.getText());
            if (known == null) {
                throw new SyntaxException(at, "alias *" + parser.getText() + " has no anchor");
            }
            return known;
        }
        String anchor =
                format == Format.YAML && parser.getObjectId() instanceof String id ? id : null;
        Value value =
                switch (token) {
                    case START_OBJECT -> table(at, depth);
                    case START_ARRAY -> sequence(at, depth);
                    case VALUE_TRUE -> new Value.Bool(at, true);
                    case VALUE_FALSE -> new Value.Bool(at, false);
                    case VALUE_NULL -> new Value.Absent(at);
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                            new Value.Numeral(at, parser.getText());
                    case VALUE_STRING, VALUE_EMBEDDED_OBJECT ->
                            new Value.Text(at, parser.getText());
                    case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE ->
                            throw new SyntaxException(at, "unexpected " + token);
                };
        if (anchor != null) {
            anchors.put(anchor, value);
        }
        return value;
    }

    private Value table(Location at, int depth) throws IOException, SyntaxException {
        Map<String, Value> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Value value = value(parser.nextToken(), depth + 1);
            entries.put(key, value);
        }
        return new Value.Table(at, entries);
    }

    private Value sequence(Location at, int depth) throws IOException, SyntaxException {
        List<Value> items = new ArrayList<>();
        for (JsonToken next = parser.nextToken();
                next != JsonToken.END_ARRAY;
                next = parser.nextToken()) {
            items.add(value(next, depth + 1));
        }
        return new Value.Sequence(at, items);
    }

    private Location here() {
        JsonLocation at = parser.currentTokenLocation();
        return at == null || at.getLineNr() < 1
                ? Location.of(name)
                : new Location(name, at.getLineNr(), at.getColumnNr());
    }
}
