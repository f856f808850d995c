package dev.mirrord.it;

import java.util.HashMap;
import java.util.Map;

/**
 * What one script said, cut at its headings: a session costs seconds, a line of a script nothing.
 */
record Sections(Map<String, String> texts) {
    /** Defines {@code S}, which starts a section. */
    static final String PRELUDE = "S() { printf '\\n=== %s\\n' \"$*\"; }; exec 2>&1\n";

    /** Runs a script in the glibc image as {@code line} says. */
    static Sections of(Mirrord line, String script) {
        return parse(line.script(PRELUDE + script + "\nexit 0").orFail().out());
    }

    /** Runs a script in the container of the shop's web deployment itself, without a session. */
    static Sections inTarget(String script) {
        return parse(Pods.inWeb("bash", "-c", PRELUDE + script).orFail().out());
    }

    private static Sections parse(String out) {
        Map<String, String> texts = new HashMap<>();
        for (String section : out.split("\n?=== ")) {
            int end = section.indexOf('\n');
            if (end > 0) {
                texts.put(section.substring(0, end), section.substring(end + 1).strip());
            }
        }
        return new Sections(texts);
    }

    /** The text of a section that must be there. */
    String get(String name) {
        String text = texts.get(name);
        if (text == null) {
            throw new AssertionError("no section " + name + " in " + texts);
        }
        return text;
    }
}
