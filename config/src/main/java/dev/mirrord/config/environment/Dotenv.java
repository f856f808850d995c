package dev.mirrord.config.environment;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/**
 * Reads the dotenv format: {@code [export] NAME=VALUE} lines, {@code #} comments, values bare, in
 * single quotes (literal) or in double quotes (with {@code \n \r \t \" \\ \$}); quoted values may
 * span lines. Nothing is substituted.
 */
public final class Dotenv {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    private final String text;
    private int at;
    private int line = 1;

    private Dotenv(String text) {
        this.text = text.replace("\r\n", "\n");
    }

    /**
     * @return in the order of the file; a repeated name has its last value
     * @throws DotenvException with the line; never with a value
     */
    public static SequencedMap<String, String> parse(String text) throws DotenvException {
        Dotenv reader = new Dotenv(text.startsWith("\uFEFF") ? text.substring(1) : text);
        SequencedMap<String, String> variables = new LinkedHashMap<>();
        while (reader.skipToName()) {
            String name = reader.name();
            variables.put(name, reader.value());
        }
        return variables;
    }

    private boolean skipToName() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                restOfLine();
            } else if (Character.isWhitespace(c)) {
                next();
            } else {
                return true;
            }
        }
        return false;
    }

    private String name() throws DotenvException {
        int end = at;
        while (end < text.length() && text.charAt(end) != '=' && text.charAt(end) != '\n') {
            end++;
        }
        if (end == text.length() || text.charAt(end) != '=') {
            throw new DotenvException(line, "there is no = after the name");
        }
        String name = text.substring(at, end).strip().replaceFirst("^export\\s+", "");
        if (!NAME.matcher(name).matches()) {
            throw new DotenvException(line, "\"" + name + "\" is no name of a variable");
        }
        at = end + 1;
        return name;
    }

    private String value() throws DotenvException {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        if (at == text.length()) {
            return "";
        }
        char quote = text.charAt(at);
        if (quote != '"' && quote != '\'') {
            String bare = restOfLine();
            int comment = bare.startsWith("#") ? 0 : commentIn(bare);
            return (comment < 0 ? bare : bare.substring(0, comment)).strip();
        }
        String value = quoted(quote);
        String rest = restOfLine().strip();
        if (!rest.isEmpty() && !rest.startsWith("#")) {
            throw new DotenvException(line, "there is more text after the closing quote");
        }
        return value;
    }

    private static int commentIn(String bare) {
        for (int i = 1; i < bare.length(); i++) {
            if (bare.charAt(i) == '#' && Character.isWhitespace(bare.charAt(i - 1))) {
                return i;
            }
        }
        return -1;
    }

    private String quoted(char quote) throws DotenvException {
        int opened = line;
        at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = next();
            if (c == quote) {
                return value.toString();
            }
            if (c == '\\' && quote == '"' && at < text.length()) {
                value.append(escaped(next()));
            } else {
                value.append(c);
            }
        }
        throw new DotenvException(opened, "the quote that opens here is never closed");
    }

    private static String escaped(char c) {
        return switch (c) {
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case '"', '\\', '$', '\'', '`' -> String.valueOf(c);
            default -> "\\" + c;
        };
    }

    private char next() {
        char c = text.charAt(at++);
        if (c == '\n') {
            line++;
        }
        return c;
    }

    /** Up to, but without, the end of the line. */
    private String restOfLine() {
        int end = text.indexOf('\n', at);
        int stop = end < 0 ? text.length() : end;
        String rest = text.substring(at, stop);
        at = stop;
        return rest;
    }
}
