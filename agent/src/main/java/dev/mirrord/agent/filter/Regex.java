package dev.mirrord.agent.filter;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A regular expression that is looked for anywhere in a text, whatever the case of letters. A
 * search that takes too many steps, as some expressions do on some texts (catastrophic
 * backtracking), is given up and counts as not found.
 */
final class Regex {
    /** Characters looked at, a few milliseconds' worth. */
    private static final int MOST_STEPS = 500_000;

    private final Pattern pattern;

    Regex(String expression) {
        pattern = Pattern.compile(expression, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    boolean isIn(String text) {
        return isInAny(List.of(text));
    }

    /** The texts are searched one by one, each with all the steps. */
    boolean isInAny(List<String> texts) {
        Watched watched = new Watched();
        Matcher matcher = pattern.matcher(watched);
        for (String text : texts) {
            try {
                watched.text = text;
                watched.left = MOST_STEPS;
                if (matcher.reset().find()) {
                    return true;
                }
            } catch (GivenUp | StackOverflowError e) {
                // Not found.
            }
        }
        return false;
    }

    /** A text, of which so many characters may be looked at. */
    private static final class Watched implements CharSequence {
        private String text = "";
        private int left;

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (--left < 0) {
                throw new GivenUp();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class GivenUp extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GivenUp() {
            super("too many steps", null, false, false);
        }
    }
}
