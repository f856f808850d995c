package dev.mirrord.config.http;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Regular expressions as mirrord's users write them, in the form that the agent's engine takes. */
final class Regexes {
    private Regexes() {}

    static String check(String text) throws Malformed {
        if (text.isEmpty()) {
            throw new Malformed("an empty expression is in every text", text, 0);
        }
        // The one difference in spelling: named groups.
        String ours = text.replace("(?P<", "(?<").replaceAll("\\(\\?P=(\\w+)\\)", "\\\\k<$1>");
        try {
            Pattern.compile(ours);
        } catch (PatternSyntaxException e) {
            String what = e.getDescription();
            throw new Malformed(
                    "no regular expression: "
                            + what.substring(0, 1).toLowerCase(Locale.ROOT)
                            + what.substring(1),
                    text,
                    e.getIndex() < 0 ? text.length() : e.getIndex());
        }
        return ours;
    }
}
