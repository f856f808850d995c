package dev.mirrord.config.filter;

/**
 * A name with {@code *} (any run of characters, dots included) and {@code ?} (one character).
 *
 * <p>It matches a whole name, or the first labels of one: an app that asks for {@code shop-db}
 * sends queries for {@code shop-db.default.svc.cluster.local} and the rest of its search list, and
 * {@code *-db} means each of them.
 */
final class Wildcards {
    private Wildcards() {}

    static boolean in(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    }

    /** Linear in the product of the lengths, whatever the pattern. */
    static boolean match(String pattern, String name) {
        boolean[] reached = new boolean[pattern.length() + 1];
        reached[0] = true;
        passStars(pattern, reached);
        for (int i = 0; i < name.length(); i++) {
            char character = name.charAt(i);
            if (character == '.' && reached[pattern.length()]) {
                return true;
            }
            for (int at = pattern.length(); at > 0; at--) {
                char wanted = pattern.charAt(at - 1);
                reached[at] =
                        wanted == '*'
                                ? reached[at]
                                : reached[at - 1] && (wanted == '?' || wanted == character);
            }
            reached[0] = false;
            passStars(pattern, reached);
        }
        return reached[pattern.length()];
    }

    private static void passStars(String pattern, boolean[] reached) {
        for (int at = 0; at < pattern.length(); at++) {
            if (reached[at] && pattern.charAt(at) == '*') {
                reached[at + 1] = true;
            }
        }
    }
}
