package dev.mirrord.config.http;

import java.util.ArrayList;
import java.util.List;

/**
 * A JSONPath query (RFC 9535) taken apart: names, indexes, slices, wildcards and descendants.
 * Filter selectors ({@code ?…}) are refused.
 */
final class JsonPath {
    private final String text;
    private int at;

    private JsonPath(String text) {
        this.text = text;
    }

    /** The segments as the agent reads them, a JSON array. */
    static String parse(String text) throws Malformed {
        return new JsonPath(text).query();
    }

    private String query() throws Malformed {
        if (!take('$')) {
            throw malformed("a query begins with $");
        }
        List<String> segments = new ArrayList<>();
        while (at < text.length()) {
            segments.add(segment());
        }
        return "[" + String.join(",", segments) + "]";
    }

    private String segment() throws Malformed {
        boolean deep = text.startsWith("..", at);
        if (deep) {
            at += 2;
        }
        String selectors;
        if (take('[')) {
            selectors = brackets();
        } else if (deep || take('.')) {
            selectors = take('*') ? "{\"wild\":true}" : name();
        } else {
            throw malformed("here . or [ is expected");
        }
        return "{\"deep\":" + deep + ",\"select\":[" + selectors + "]}";
    }

    private String name() throws Malformed {
        int start = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at))
                        || text.charAt(at) == '_'
                        || text.charAt(at) > 127)) {
            at++;
        }
        if (start == at || Character.isDigit(text.charAt(start))) {
            at = start;
            throw malformed(
                    "here a name is expected; others than letters, digits and _ go in ['…']");
        }
        return "{\"name\":" + Conditions.quoted(text.substring(start, at)) + "}";
    }

    private String brackets() throws Malformed {
        List<String> selectors = new ArrayList<>();
        do {
            blanks();
            selectors.add(selector());
            blanks();
        } while (take(','));
        if (!take(']')) {
            throw malformed("here , or ] is expected");
        }
        return String.join(",", selectors);
    }

    private String selector() throws Malformed {
        if (at >= text.length()) {
            throw malformed("the query ends within [");
        }
        return switch (text.charAt(at)) {
            case '*' -> {
                at++;
                yield "{\"wild\":true}";
            }
            case '\'', '"' -> string();
            case '?' -> throw malformed("filter selectors (?) are not implemented in this version");
            default -> indexOrSlice();
        };
    }

    private String string() throws Malformed {
        char quote = text.charAt(at);
        int start = at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            if (text.charAt(at) == '\\') {
                at++;
            }
            if (at < text.length()) {
                value.append(text.charAt(at++));
            }
        }
        if (!take(quote)) {
            at = start;
            throw malformed("this string does not end");
        }
        return "{\"name\":" + Conditions.quoted(value.toString()) + "}";
    }

    private String indexOrSlice() throws Malformed {
        int start = at;
        String first = number();
        blanks();
        if (!take(':')) {
            if (first.equals("null")) {
                at = start;
                throw malformed("here a name in quotes, a number, a slice or * is expected");
            }
            return "{\"index\":" + first + "}";
        }
        blanks();
        String last = number();
        blanks();
        String step = "1";
        if (take(':')) {
            blanks();
            String given = number();
            step = given.equals("null") ? step : given;
        }
        return "{\"slice\":[" + first + "," + last + "," + step + "]}";
    }

    /** A whole number, or {@code null} where there is none. */
    private String number() throws Malformed {
        int start = at;
        take('-');
        while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) {
            at++;
        }
        String digits = text.substring(start, at);
        if (digits.isEmpty()) {
            return "null";
        }
        try {
            return Integer.toString(Integer.parseInt(digits));
        } catch (NumberFormatException e) {
            at = start;
            throw malformed("this is no whole number that an index can be");
        }
    }

    private void blanks() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private boolean take(char expected) {
        boolean there = at < text.length() && text.charAt(at) == expected;
        if (there) {
            at++;
        }
        return there;
    }

    private Malformed malformed(String why) {
        return new Malformed("no JSONPath: " + why, text, at);
    }
}
