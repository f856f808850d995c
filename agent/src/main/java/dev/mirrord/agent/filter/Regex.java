package dev.mirrord.agent.filter;

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
        try {
            return pattern.matcher(new Watched(text, new Steps())).find();
        } catch (GivenUp | StackOverflowError e) {
            return false;
        }
    }

    private static final class Steps {
        private int left = MOST_STEPS;

        void one() {
            if (--left < 0) {
                throw new GivenUp();
            }
        }
    }

    private record Watched(CharSequence text, Steps steps) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            steps.one();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Watched(text.subSequence(start, end), steps);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static final class GivenUp extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GivenUp() {
            super("too many steps", null, false, false);
        }
    }
}
