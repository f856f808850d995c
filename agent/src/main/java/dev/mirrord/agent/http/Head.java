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
    private static final boolean[] TOKEN = tokenCharacters();

    /**
     * @param text from the first line to the blank one, inclusive
     */
    static Optional<Head> of(String text) {
        if (text.indexOf(0) >= 0) {
            return Optional.empty();
        }
        List<String> lines = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            // Neither of the two may come without the other.
            int end = text.indexOf('\r', at);
            if (end < 0 || text.indexOf('\n', at) != end + 1) {
                return Optional.empty();
            }
            if (end > at) {
                lines.add(text.substring(at, end));
            }
            at = end + 2;
        }
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        List<String> fields = lines.subList(1, lines.size());
        for (String field : fields) {
            if (!isToken(field, field.indexOf(':'))) {
                return Optional.empty();
            }
        }
        return Optional.of(new Head(lines.getFirst(), fields));
    }

    static boolean isToken(String text, int length) {
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= TOKEN.length || !TOKEN[c]) {
                return false;
            }
        }
        return length > 0;
    }

    private static boolean[] tokenCharacters() {
        boolean[] are = new boolean[128];
        for (char c = 0; c < are.length; c++) {
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            are[c] = letter || (c >= '0' && c <= '9') || TOKEN_MARKS.indexOf(c) >= 0;
        }
        return are;
    }

    /** Each field as {@code Name: value}, without other white space around the value. */
    List<String> normalised() {
        List<String> all = new ArrayList<>(fields.size());
        for (String field : fields) {
            all.add(normalised(field));
        }
        return all;
    }

    private static String normalised(String field) {
        int colon = field.indexOf(':');
        int value = colon + 2;
        int last = field.length() - 1;
        boolean bare =
                last < value
                        || !(Character.isWhitespace(field.charAt(value))
                                || Character.isWhitespace(field.charAt(last)));
        return bare && field.startsWith(" ", colon + 1)
                ? field
                : field.substring(0, colon) + ": " + field.substring(colon + 1).strip();
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
