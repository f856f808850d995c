package dev.mirrord.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The JSON Schema (draft 2020-12) of a configuration file. */
public final class ConfigSchema {
    private final KeyNotes notes = KeyNotes.load();
    private final JsonGenerator json;

    private ConfigSchema(JsonGenerator json) {
        this.json = json;
    }

    /** The whole document; the same for the same version. */
    public static String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json =
                new JsonFactory()
                        .createGenerator(text)
                        .setPrettyPrinter(
                                new DefaultPrettyPrinter()
                                        .withSeparators(DefaultPrettyPrinter.DEFAULT_SEPARATORS))) {
            new ConfigSchema(json).document();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + "\n";
    }

    private void document() throws IOException {
        json.writeStartObject();
        json.writeStringField("$schema", "https://json-schema.org/draft/2020-12/schema");
        json.writeStringField("title", "mirrord");
        json.writeStringField("type", "object");
        json.writeBooleanField("additionalProperties", false);
        json.writeObjectFieldStart("properties");
        json.writeObjectFieldStart("$schema");
        json.writeStringField("type", "string");
        json.writeEndObject();
        for (Map.Entry<String, Group> member : tree().members.entrySet()) {
            json.writeFieldName(member.getKey());
            group(member.getKey(), member.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** A place in the file: a value, an object with members, or either. */
    private static final class Group {
        final Map<String, Group> members = new TreeMap<>();
        Optional<Key<?>> key = Optional.empty();
        Optional<NotImplemented.Entry> missing = Optional.empty();

        Group at(String path) {
            Group group = this;
            for (String step : path.split("\\.")) {
                group = group.members.computeIfAbsent(step, _ -> new Group());
            }
            return group;
        }
    }

    private static Group tree() {
        Group root = new Group();
        Keys.all().forEach(key -> root.at(key.path()).key = Optional.of(key));
        NotImplemented.all().forEach(entry -> root.at(entry.path()).missing = Optional.of(entry));
        return root;
    }

    private void group(String path, Group group) throws IOException {
        json.writeStartObject();
        if (group.missing.isPresent()) {
            missing(group.missing.get());
        } else if (group.members.isEmpty()) {
            value(group.key.orElseThrow());
        } else {
            List<Shape> others = new ArrayList<>();
            group.key.ifPresent(key -> others.add(key.type().shape()));
            Shorthands.at(path).ifPresent(others::add);
            if (group.key.isPresent()) {
                json.writeStringField("description", notes.of(group.key.get()).meaning());
            }
            if (others.isEmpty()) {
                members(path, group);
            } else {
                json.writeArrayFieldStart("anyOf");
                for (Shape other : others) {
                    object(other);
                }
                json.writeStartObject();
                members(path, group);
                json.writeEndObject();
                json.writeEndArray();
            }
        }
        json.writeEndObject();
    }

    private void members(String path, Group group) throws IOException {
        json.writeStringField("type", "object");
        json.writeBooleanField("additionalProperties", false);
        json.writeObjectFieldStart("properties");
        for (Map.Entry<String, Group> member : group.members.entrySet()) {
            json.writeFieldName(member.getKey());
            group(path + "." + member.getKey(), member.getValue());
        }
        if (path.equals("target")) {
            // Or the fields of target.path beside target.namespace.
            for (Map.Entry<String, Shape> field : TargetType.object().fields().entrySet()) {
                json.writeFieldName(field.getKey());
                object(field.getValue());
            }
        }
        json.writeEndObject();
    }

    private void value(Key<?> key) throws IOException {
        KeyNotes.Note note = notes.of(key);
        json.writeStringField("description", note.meaning());
        if (note.standard().isPresent()) {
            json.writeFieldName("default");
            json.writeRawValue(note.standard().get());
        }
        shape(key.type().shape());
    }

    private void missing(NotImplemented.Entry entry) throws IOException {
        json.writeStringField("description", entry.sentence());
        json.writeBooleanField("deprecated", true);
        if (entry.refused()) {
            json.writeArrayFieldStart("enum");
            json.writeBoolean(false);
            json.writeNull();
            json.writeStartArray();
            json.writeEndArray();
            json.writeEndArray();
        }
    }

    private void object(Shape shape) throws IOException {
        json.writeStartObject();
        shape(shape);
        json.writeEndObject();
    }

    private void shape(Shape shape) throws IOException {
        switch (shape) {
            case Shape.Bool _ -> json.writeStringField("type", "boolean");
            case Shape.Text _ -> json.writeStringField("type", "string");
            case Shape.Whole whole -> {
                json.writeStringField("type", "integer");
                json.writeNumberField("minimum", whole.least());
                json.writeNumberField("maximum", whole.most());
            }
            case Shape.Word word -> {
                json.writeArrayFieldStart("enum");
                for (String option : word.options()) {
                    json.writeString(option);
                }
                json.writeEndArray();
            }
            case Shape.ListOf list -> {
                json.writeArrayFieldStart("anyOf");
                object(list.element());
                json.writeStartObject();
                array(list.element(), 0);
                json.writeEndObject();
                json.writeEndArray();
            }
            case Shape.Several several -> array(several.element(), 1);
            case Shape.PortPairs _ -> {
                json.writeStringField("type", "array");
                json.writeObjectFieldStart("items");
                array(new Shape.Whole(1, 65_535), 2);
                json.writeNumberField("maxItems", 2);
                json.writeEndObject();
            }
            case Shape.Strings _ -> {
                json.writeStringField("type", "object");
                json.writeFieldName("additionalProperties");
                object(new Shape.Text());
            }
            case Shape.Free _ -> json.writeStringField("type", "object");
            case Shape.Fields fields -> fields(fields);
            case Shape.Either either -> {
                json.writeArrayFieldStart("anyOf");
                for (Shape each : either.shapes()) {
                    object(each);
                }
                json.writeEndArray();
            }
        }
    }

    private void array(Shape element, int least) throws IOException {
        json.writeStringField("type", "array");
        if (least > 0) {
            json.writeNumberField("minItems", least);
        }
        json.writeFieldName("items");
        object(element);
    }

    private void fields(Shape.Fields fields) throws IOException {
        json.writeStringField("type", "object");
        json.writeBooleanField("additionalProperties", false);
        json.writeObjectFieldStart("properties");
        for (Map.Entry<String, Shape> field : new TreeMap<>(fields.fields()).entrySet()) {
            json.writeFieldName(field.getKey());
            object(field.getValue());
        }
        json.writeEndObject();
        if (!fields.required().isEmpty()) {
            json.writeArrayFieldStart("required");
            for (String name : fields.required()) {
                json.writeString(name);
            }
            json.writeEndArray();
        }
    }
}
