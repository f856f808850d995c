package dev.mirrord.session.docker.rewrite;

import java.util.ArrayList;
import java.util.List;

/** One line of comma-separated fields, quoted as in RFC 4180. */
final class CsvLine {

    private CsvLine() {}

    static List<String> split(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int index = 0; index < line.length(); index++) {
            char letter = line.charAt(index);
            boolean doubled = quoted && index + 1 < line.length() && line.charAt(index + 1) == '"';
            if (letter == '"' && doubled) {
                field.append('"');
                index++;
            } else if (letter == '"') {
                quoted = !quoted;
            } else if (letter == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(letter);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
