package dev.mirrord.session;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * Names a session in labels and in the names of everything it makes.
 *
 * @param value eight characters of a-z and 0-9, the first a letter
 */
public record SessionId(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9]{7}");
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    private static final String ALL = LETTERS + "0123456789";

    public SessionId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a session id: " + value);
        }
    }

    public static SessionId random() {
        SecureRandom random = new SecureRandom();
        StringBuilder text = new StringBuilder();
        text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        while (text.length() < 8) {
            text.append(ALL.charAt(random.nextInt(ALL.length())));
        }
        return new SessionId(text.toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
