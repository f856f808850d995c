package dev.mirrord.session;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ports on which the app's own command line, or its image's or user's environment, has a
 * debugger listen. They are the developer's, whatever the target serves there.
 */
final class DebuggerPorts {
    private static final String PORT = "(?:[^\\s,=]*:)?([0-9]{1,5})\\b";

    private static final List<Pattern> FORMS =
            List.of(
                    Pattern.compile("jdwp[=:]\\S*?\\baddress=" + PORT),
                    Pattern.compile("--inspect(?:-brk|-wait|-port)?[=\\s]" + PORT),
                    Pattern.compile("\\bdebugpy\\s(?:[^\\n]*?\\s)?--listen[=\\s]" + PORT),
                    Pattern.compile("\\bdlv\\s(?:[^\\n]*?\\s)?(?:--listen[=\\s]|-l\\s?)" + PORT));

    private DebuggerPorts() {}

    /**
     * @param words what is executed
     * @param environment {@code NAME=VALUE}, where runtimes take options from (NODE_OPTIONS…)
     */
    static Set<Integer> of(List<String> words, List<String> environment) {
        Set<Integer> ports = new TreeSet<>();
        find(String.join(" ", words), ports);
        environment.forEach(variable -> find(variable, ports));
        return ports;
    }

    private static void find(String text, Set<Integer> ports) {
        for (Pattern form : FORMS) {
            Matcher matcher = form.matcher(text);
            while (matcher.find()) {
                int port = Integer.parseInt(matcher.group(1));
                if (port > 0 && port < 65_536) {
                    ports.add(port);
                }
            }
        }
    }
}
