package dev.mirrord.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The words after {@code docker compose}: options that choose the project, then a verb and what is
 * its own.
 */
record ComposeLine(List<String> options, List<String> command) {
    private static final Set<String> WITH_VALUE =
            Set.of(
                    "-f",
                    "--file",
                    "-p",
                    "--project-name",
                    "--profile",
                    "--env-file",
                    "--project-directory",
                    "--ansi",
                    "--parallel",
                    "--progress");

    ComposeLine {
        options = List.copyOf(options);
        command = List.copyOf(command);
    }

    static ComposeLine of(List<String> words) {
        int verb = 0;
        while (verb < words.size() && words.get(verb).startsWith("-")) {
            verb += WITH_VALUE.contains(words.get(verb)) ? 2 : 1;
        }
        verb = Math.min(verb, words.size());
        return new ComposeLine(words.subList(0, verb), words.subList(verb, words.size()));
    }

    String verb() {
        return command.isEmpty() ? "" : command.getFirst();
    }

    /** All values of an option: {@code -f x}, {@code --file x}, {@code --file=x}. */
    List<String> values(String brief, String full) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < options.size(); i++) {
            String word = options.get(i);
            if (word.equals(brief) || word.equals(full)) {
                if (i + 1 < options.size()) {
                    values.add(options.get(++i));
                }
            } else if (word.startsWith(full + "=")) {
                values.add(word.substring(full.length() + 1));
            } else if (WITH_VALUE.contains(word)) {
                i++;
            }
        }
        return values;
    }

    /** The options but for the files. */
    List<String> optionsWithoutFiles() {
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < options.size(); i++) {
            String word = options.get(i);
            boolean file = word.equals("-f") || word.equals("--file");
            if (!file && !word.startsWith("--file=")) {
                kept.add(word);
            }
            if (WITH_VALUE.contains(word) && i + 1 < options.size()) {
                i++;
                if (!file) {
                    kept.add(options.get(i));
                }
            }
        }
        return kept;
    }
}
