package dev.mirrord.config.environment;

import java.nio.charset.StandardCharsets;

/**
 * A name with {@code *} (any bytes) and {@code ?} (one byte). Names are compared as bytes, since an
 * environment has no character set.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record NamePattern(byte[] pattern) {
    static NamePattern of(String text) {
        return new NamePattern(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean matches(byte[] name) {
        int at = 0;
        int in = 0;
        int star = -1;
        int resume = 0;
        while (in < name.length) {
            if (at < pattern.length && pattern[at] == '*') {
                star = at++;
                resume = in;
            } else if (at < pattern.length && (pattern[at] == '?' || pattern[at] == name[in])) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++resume;
            } else {
                return false;
            }
        }
        while (at < pattern.length && pattern[at] == '*') {
            at++;
        }
        return at == pattern.length;
    }
}
