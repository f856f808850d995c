package dev.mirrord.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** {@code exec [OPTIONS] SERVICE COMMAND…}: the command has the context too. */
final class ExecLine {
    static final Set<String> WITH_VALUE =
            Set.of("-e", "--env", "--index", "-u", "--user", "-w", "--workdir");

    private ExecLine() {}

    /** The launcher before the command, if the service is in a context. */
    static List<String> of(List<String> words, Predicate<String> inContext) {
        int service = 1;
        while (service < words.size() && words.get(service).startsWith("-")) {
            service += WITH_VALUE.contains(words.get(service)) ? 2 : 1;
        }
        if (service + 1 >= words.size() || !inContext.test(words.get(service))) {
            return words;
        }
        List<String> line = new ArrayList<>(words);
        line.add(service + 1, LaunchedCommand.LAUNCHER);
        return line;
    }
}
