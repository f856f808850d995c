package dev.mirrord.config.source;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The templates that mirrord's users may write in their files. */
public final class Template {
    private static final Pattern START = Pattern.compile("\\{\\{|\\{%");

    private Template() {}

    /**
     * A template taken as plain text would silently mean something else.
     *
     * @throws SyntaxException if there is one, at its place
     */
    public static void refuse(String name, String text) throws SyntaxException {
        Matcher template = START.matcher(text);
        if (template.find()) {
            String before = text.substring(0, template.start());
            int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
            int column = template.start() - before.lastIndexOf('\n');
            throw new SyntaxException(
                    new Location(name, line, column),
                    "templates ({{ }} and {% %}) are not implemented in this version:"
                            + " write the value itself");
        }
    }
}
