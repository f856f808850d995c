package dev.mirrord.config.files;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a mapping puts in the place of a match: text with {@code $1}, {@code ${1}}, {@code $$}. */
final class Replacement {
    private static final Pattern REFERENCE = Pattern.compile("\\$(?:(\\d)|\\{(\\d)}|(\\$)|(.?))");
    private final List<Part> parts;

    private sealed interface Part {
        record Literal(String text) implements Part {}

        record Group(int number) implements Part {}
    }

    private Replacement(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /**
     * @throws IllegalArgumentException a sentence
     */
    static Replacement parse(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = REFERENCE.matcher(text);
        int at = 0;
        while (matcher.find()) {
            parts.add(new Part.Literal(text.substring(at, matcher.start())));
            at = matcher.end();
            String number = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            if (number != null) {
                parts.add(new Part.Group(Integer.parseInt(number)));
            } else if (matcher.group(3) != null) {
                parts.add(new Part.Literal("$"));
            } else {
                throw new IllegalArgumentException(
                        "\"" + text + "\": a group is written $1 to $9 or ${1}, a dollar $$");
            }
        }
        parts.add(new Part.Literal(text.substring(at)));
        return new Replacement(parts);
    }

    /** Empty when the expression does not match. */
    Optional<String> apply(Expression expression, String path) {
        Optional<int[]> match = expression.find(path);
        if (match.isEmpty()) {
            return Optional.empty();
        }
        int[] slots = match.get();
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, slots[0]);
        for (Part part : parts) {
            switch (part) {
                case Part.Literal(String text) ->
                        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
                case Part.Group(int number) -> {
                    int from = slots[2 * number];
                    if (from >= 0) {
                        out.write(bytes, from, slots[2 * number + 1] - from);
                    }
                }
            }
        }
        out.write(bytes, slots[1], bytes.length - slots[1]);
        return Optional.of(out.toString(StandardCharsets.UTF_8));
    }

    byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Part part : parts) {
            switch (part) {
                case Part.Literal(String text) -> {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    out.write(0);
                    out.write(bytes.length >> 8);
                    out.write(bytes.length);
                    out.writeBytes(bytes);
                }
                case Part.Group(int number) -> {
                    out.write(1);
                    out.write(number);
                }
            }
        }
        return out.toByteArray();
    }
}
