package dev.mirrord.session.docker.rewrite;

import java.util.List;
import java.util.stream.Collectors;

/** Words as a POSIX shell reads them back. */
final class ShellQuote {

    private ShellQuote() {}

    static String quoted(List<String> words) {
        return words.stream().map(ShellQuote::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }
}
