package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many containers each service in a context has. Compose would put all of a service's into one
 * network namespace; so each but the first is a service of its own, {@code NAME-2} and so on, and
 * what a command line says of {@code NAME} is said of all of them.
 *
 * @param counts of those with another number than one
 */
record Replicas(Map<String, Integer> counts) {
    /** Where the override file has them. */
    private static final String KEY = "x-mirrord-replicas";

    private static final String SCALE = "--scale";

    /** Verbs that scale what they are for as the files say. */
    private static final Set<String> SCALING = Set.of("up", "create");

    /** Verbs for one container, which {@code --index} chooses. */
    private static final Set<String> INDEXED = Set.of("exec", "attach", "port", "cp", "export");

    /** Verbs with a command, or a container, of their own. */
    private static final Set<String> OF_ONE = Set.of("run", "commit");

    /** Options whose value may look like a service. */
    private static final Set<String> WITH_VALUE =
            Set.of(
                    "--attach",
                    "--no-attach",
                    "--exit-code-from",
                    "--pull",
                    "-t",
                    "--timeout",
                    "--wait-timeout",
                    "--since",
                    "--until",
                    "-n",
                    "--tail",
                    "--signal",
                    "--format",
                    "--filter",
                    "--status",
                    "--index",
                    SCALE);

    Replicas {
        counts = Map.copyOf(counts);
    }

    /** Those of an override file. */
    static Replicas in(String override) {
        Map<String, Integer> counts = new TreeMap<>();
        override.lines()
                .filter(line -> line.startsWith(KEY + ": "))
                .map(line -> Docker.parse(line.substring(KEY.length() + 2)))
                .flatMap(found -> found.properties().stream())
                .forEach(each -> counts.put(each.getKey(), each.getValue().asInt()));
        return new Replicas(counts);
    }

    /** Those of the project's files alone. */
    static Replicas of(Project project) {
        return of(project, new ComposeLine(List.of(), List.of("up")), new Replicas(Map.of()));
    }

    /**
     * Those that a command line leaves.
     *
     * @param before those that are there, for services that it is not about
     */
    static Replicas of(Project project, ComposeLine line, Replicas before) {
        Map<String, Integer> asked = asked(line);
        List<String> named =
                line.command().stream()
                        .filter(word -> project.raw().path("services").has(word))
                        .toList();
        Map<String, Integer> counts = new TreeMap<>();
        for (String service : project.inContext()) {
            boolean scaled =
                    SCALING.contains(line.verb()) && (named.isEmpty() || named.contains(service));
            int written = written(project.resolved().path("services").path(service));
            int usual = scaled ? written : before.counts.getOrDefault(service, written);
            int count = asked.getOrDefault(service, usual);
            if (count != 1) {
                counts.put(service, count);
            }
        }
        return new Replicas(counts);
    }

    private static int written(JsonNode service) {
        return service.path("scale").asInt(service.path("deploy").path("replicas").asInt(1));
    }

    /** Of {@code --scale NAME=N}, and of the verb scale. */
    private static Map<String, Integer> asked(ComposeLine line) {
        Map<String, Integer> asked = new TreeMap<>();
        List<String> words = line.command();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            boolean option = word.startsWith(SCALE + "=");
            if (option || line.verb().equals("scale") || words.get(i - 1).equals(SCALE)) {
                String[] pair = (option ? word.substring(SCALE.length() + 1) : word).split("=", 2);
                if (pair.length == 2 && pair[1].matches("\\d{1,4}")) {
                    asked.put(pair[0], Integer.parseInt(pair[1]));
                }
            }
        }
        return asked;
    }

    /** One for a service that is not scaled. */
    int count(String service) {
        return counts.getOrDefault(service, 1);
    }

    /** What compose knows the containers of a service by; the first has its name. */
    List<String> names(String service) {
        List<String> names = new ArrayList<>(List.of(service));
        for (int number = 2; number <= count(service); number++) {
            names.add(name(service, number));
        }
        return names;
    }

    static String name(String service, int number) {
        return number == 1 ? service : service + "-" + number;
    }

    /** Names of replicas that {@code later} has no more. */
    List<String> beyond(Replicas later) {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, Integer> each : counts.entrySet()) {
            int first = Math.max(2, later.count(each.getKey()) + 1);
            for (int number = first; number <= each.getValue(); number++) {
                names.add(name(each.getKey(), number));
            }
        }
        return names;
    }

    void write(YamlText out) {
        ObjectNode written = Docker.JSON.createObjectNode();
        new TreeMap<>(counts).forEach(written::put);
        if (!written.isEmpty()) {
            out.field(0, KEY, written);
        }
    }

    /** The words for compose, to which replicas are services. */
    List<String> command(List<String> words) {
        String verb = words.isEmpty() ? "" : words.getFirst();
        if (verb.equals("scale")) {
            return scale(words);
        }
        if (OF_ONE.contains(verb)) {
            return words;
        }
        return INDEXED.contains(verb) ? indexed(words) : all(words);
    }

    /** {@code scale a=3}: what is scaled here is brought up, compose scales the rest. */
    private List<String> scale(List<String> words) {
        List<String> line = new ArrayList<>(List.of("up", "--detach", "--no-recreate"));
        boolean ours = false;
        for (String word : words.subList(1, words.size())) {
            int sign = word.indexOf('=');
            if (word.startsWith("-") || sign < 0) {
                line.add(word);
            } else if (counts.containsKey(word.substring(0, sign))
                    && count(word.substring(0, sign)) > 0) {
                ours = true;
                line.addAll(names(word.substring(0, sign)));
            } else {
                line.addAll(List.of(SCALE, word, word.substring(0, sign)));
            }
        }
        return ours ? line : words;
    }

    /** {@code --index 2 web} is {@code web-2}. */
    private List<String> indexed(List<String> words) {
        List<String> line = new ArrayList<>();
        int index = 1;
        int at = 1;
        line.add(words.getFirst());
        for (; at < words.size() && words.get(at).startsWith("-"); at++) {
            String word = words.get(at);
            boolean separate = word.equals("--index") && at + 1 < words.size();
            if (separate || word.startsWith("--index=")) {
                index = number(separate ? words.get(++at) : word.substring("--index=".length()));
                continue;
            }
            line.add(word);
            if (ExecLine.WITH_VALUE.contains(word) && at + 1 < words.size()) {
                line.add(words.get(++at));
            }
        }
        boolean found = false;
        for (String word : words.subList(at, words.size())) {
            int colon = word.indexOf(':');
            String service = colon < 0 ? word : word.substring(0, colon);
            if (!found && counts.containsKey(service)) {
                found = true;
                line.add(name(service, index) + word.substring(service.length()));
            } else {
                line.add(word);
            }
        }
        return found ? line : words;
    }

    private static int number(String text) {
        if (!text.matches("[1-9]\\d{0,3}")) {
            throw new ComposeFailure("--index takes a number from 1 on, not " + text);
        }
        return Integer.parseInt(text);
    }

    /** A service's name stands for all its replicas; they are scaled already. */
    private List<String> all(List<String> words) {
        List<String> line = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean separate = word.equals(SCALE) && i + 1 < words.size();
            String scaled = separate ? words.get(i + 1) : word.replaceFirst("^--scale=", "");
            int sign = scaled.indexOf('=');
            if ((separate || word.startsWith(SCALE + "="))
                    && sign > 0
                    && count(scaled.substring(0, sign)) > 1) {
                i += separate ? 1 : 0;
            } else if (i > 0 && WITH_VALUE.contains(words.get(i - 1))) {
                line.add(word);
            } else {
                line.addAll(i == 0 ? List.of(word) : names(word));
            }
        }
        return line;
    }
}
