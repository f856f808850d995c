package dev.mirrord.session;

import java.util.List;

/** Shows a command line so that it could be pasted into a shell; values of secrets are masked. */
final class ShellLine {
    private ShellLine() {}

    static String of(List<String> words) {
        StringBuilder line = new StringBuilder();
        boolean variable = false;
        for (String word : words) {
            String shown =
                    variable || word.startsWith("--env=") || word.startsWith("-e=")
                            ? masked(word)
                            : word;
            variable = word.equals("-e") || word.equals("--env");
            line.append(line.isEmpty() ? "" : " ").append(quoted(shown));
        }
        return line.toString();
    }

    private static String masked(String assignment) {
        int from = assignment.startsWith("-") ? assignment.indexOf('=') + 1 : 0;
        int equals = assignment.indexOf('=', from);
        return equals < 0 ? assignment : assignment.substring(0, equals + 1) + "***";
    }

    private static String quoted(String word) {
        boolean plain =
                !word.isEmpty()
                        && word.chars()
                                .allMatch(
                                        c ->
                                                "_-./:=@,+%".indexOf(c) >= 0
                                                        || Character.isLetterOrDigit(c));
        return plain ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
