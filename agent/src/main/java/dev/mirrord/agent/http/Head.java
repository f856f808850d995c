package dev.mirrord.agent.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The head of a request or an answer (RFC 9112, 2.1), read strictly: what another reader could take
 * otherwise is no head for us.
 *
 * @param first the first line
 * @param fields {@code Name: value}, as they came
 */
record Head(String first, List<String> fields) {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    /**
     * @param text from the first line to the blank one, inclusive
     */
    static Optional<Head> of(String text) {
        List<String> lines = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf("\r\n", at);
            if (end < 0 || hasControl(text, at, end)) {
                return Optional.empty();
            }
            if (end > at) {
                lines.add(text.substring(at, end));
            }
            at = end + 2;
        }
        if (lines.isEmpty() || !lines.stream().skip(1).allMatch(Head::isField)) {
            return Optional.empty();
        }
        return Optional.of(new Head(lines.getFirst(), lines.subList(1, lines.size())));
    }

    private static boolean hasControl(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isField(String line) {
        int colon = line.indexOf(':');
        return colon > 0 && isToken(line, colon);
    }

    static boolean isToken(String text, int length) {
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !digit && TOKEN_MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return length > 0;
    }

    /** Each field as {@code Name: value}, without other white space around the value. */
    List<String> normalised() {
        List<String> all = new ArrayList<>(fields.size());
        for (String field : fields) {
            int colon = field.indexOf(':');
            String value = field.substring(colon + 1).strip();
            boolean asIs =
                    field.length() == colon + 2 + value.length()
                            && field.startsWith(" ", colon + 1);
            all.add(asIs ? field : field.substring(0, colon) + ": " + value);
        }
        return all;
    }

    /** The values of all fields of a name, which is in lower case. */
    List<String> values(String name) {
        List<String> values = new ArrayList<>(1);
        for (String field : fields) {
            if (isNamed(field, name)) {
                values.add(field.substring(name.length() + 1).strip());
            }
        }
        return values;
    }

    static boolean isNamed(String field, String name) {
        return field.length() > name.length()
                && field.charAt(name.length()) == ':'
                && field.regionMatches(true, 0, name, 0, name.length());
    }

    /** Whether a comma-separated list of options has this one. */
    boolean lists(String name, String option) {
        for (String value : values(name)) {
            for (String one : value.toLowerCase(Locale.ROOT).split(",", -1)) {
                if (one.strip().equals(option)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * The content length, -1 if none is given.
     *
     * @throws NumberFormatException if several or none that is a number
     */
    long contentLength() {
        long length = -1;
        for (String value : values("content-length")) {
            if (value.isEmpty()
                    || value.length() > 18
                    || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw new NumberFormatException("content-length");
            }
            long one = Long.parseLong(value);
            if (length >= 0 && one != length) {
                throw new NumberFormatException("content-length");
            }
            length = one;
        }
        return length;
    }
}
