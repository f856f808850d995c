package dev.mirrord.config.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;

/** Parses a text into a {@link Value.Table}. */
public final class Document {
    private Document() {}

    /**
     * @param name how messages call the text: a file name, {@code <stdin>}
     * @throws SyntaxException with the line and column where the format's parser gives them
     */
    public static Value.Table parse(String name, Format format, String text)
            throws SyntaxException {
        try (JsonParser parser =
                switch (format) {
                    case JSON -> new JsonFactory().createParser(text);
                    case YAML -> Yaml.open(text);
                    case TOML -> Toml.open(text);
                }) {
            parser.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
            return switch (new TreeReader(name, parser, format).read()) {
                case Value.Table table -> table;
                case Value.Absent absent -> new Value.Table(absent.location(), Map.of());
                case Value other ->
                        throw new SyntaxException(
                                other.location(),
                                "a configuration is an object, but this is " + other.describe());
            };
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            Location location =
                    at == null || at.getLineNr() < 1
                            ? Location.of(name)
                            : new Location(name, at.getLineNr(), at.getColumnNr());
            throw new SyntaxException(
                    location, "not valid " + format + ": " + oneLine(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new SyntaxException(Location.of(name), String.valueOf(e.getMessage()), e);
        }
    }

    /** Without the excerpts that YAML's parser indents between its sentences. */
    private static String oneLine(String message) {
        return message.lines()
                .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                .collect(Collectors.joining("; "));
    }

    /** Keeps YAML's classes unloaded until they are needed. */
    private static final class Yaml {
        static JsonParser open(String text) throws IOException {
            return YAMLFactory.builder()
                    .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                    .build()
                    .createParser(text);
        }
    }

    /** Keeps TOML's classes (and databind) unloaded until they are needed. */
    private static final class Toml {
        static JsonParser open(String text) throws IOException {
            return new TomlFactory().createParser(text);
        }
    }
}
