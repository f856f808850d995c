package dev.mirrord.compose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The words of a command line for compose, to which {@link Replicas} are services: what is said of
 * a service is said of all its replicas, or of the one that {@code --index} chooses.
 */
final class ReplicaLine {
    private static final String SCALE = "--scale";
    private static final String INDEX = "--index";

    /** Verbs for one container, which {@code --index} chooses. */
    private static final Set<String> INDEXED = Set.of("exec", "attach", "port", "cp", "export");

    /** Verbs with a command, or a container, of their own. */
    private static final Set<String> OF_ONE = Set.of("run", "commit");

    /** Options of the other verbs whose value is a service, and stays one. */
    private static final Set<String> OF_A_SERVICE =
            Set.of("--attach", "--no-attach", "--exit-code-from");

    /** Options of the indexed verbs, but for exec's, whose value is a word of its own. */
    private static final Set<String> WITH_VALUE =
            Set.of("--protocol", "-o", "--output", "--detach-keys");

    private final Replicas replicas;
    private final List<String> words;

    private ReplicaLine(Replicas replicas, List<String> words) {
        this.replicas = replicas;
        this.words = words;
    }

    /**
     * @param words a verb and what is its own
     */
    static List<String> of(Replicas replicas, List<String> words) {
        ReplicaLine line = new ReplicaLine(replicas, words);
        String verb = words.isEmpty() ? "" : words.getFirst();
        if (verb.equals("scale")) {
            return line.scale();
        }
        if (OF_ONE.contains(verb)) {
            return words;
        }
        return INDEXED.contains(verb) ? line.indexed() : line.all();
    }

    /** What {@code --scale NAME=N}, and the verb scale, ask for. */
    static Map<String, Integer> scales(List<String> words) {
        boolean verb = !words.isEmpty() && words.getFirst().equals("scale");
        Map<String, Integer> scales = new LinkedHashMap<>();
        for (int i = 1; i < words.size(); i++) {
            boolean separate = verb || words.get(i - 1).equals(SCALE);
            scale(separate, words.get(i))
                    .ifPresent(each -> scales.put(each.getKey(), each.getValue()));
        }
        return scales;
    }

    /**
     * @param separate whether the option is the word before
     */
    private static Optional<Map.Entry<String, Integer>> scale(boolean separate, String word) {
        if (!separate && !word.startsWith(SCALE + "=")) {
            return Optional.empty();
        }
        String[] pair = (separate ? word : word.substring(SCALE.length() + 1)).split("=", 2);
        return pair.length == 2 && pair[1].matches("\\d{1,4}")
                ? Optional.of(Map.entry(pair[0], Integer.parseInt(pair[1])))
                : Optional.empty();
    }

    /** {@code scale a=3}: what is scaled here is brought up, compose scales the rest. */
    private List<String> scale() {
        List<String> line = new ArrayList<>(List.of("up", "--detach", "--no-recreate"));
        boolean ours = false;
        for (String word : words.subList(1, words.size())) {
            Optional<String> scaled = scale(true, word).map(Map.Entry::getKey);
            if (scaled.isEmpty()) {
                line.add(word);
            } else if (scaled(scaled.get())) {
                ours = true;
                line.addAll(replicas.names(scaled.get()));
            } else {
                line.addAll(List.of(SCALE, word, scaled.get()));
            }
        }
        return ours ? line : words;
    }

    private boolean scaled(String service) {
        return replicas.count(service) > 1;
    }

    /** {@code --index 2 web} is {@code web-2}. */
    private List<String> indexed() {
        String verb = words.getFirst();
        List<String> line = new ArrayList<>(List.of(verb));
        int index = 1;
        int service = 0; // Where it is in the line.
        boolean command = false;
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            boolean more = i + 1 < words.size();
            if (command || !word.startsWith("-")) {
                if (service == 0 && (!verb.equals("cp") || word.contains(":"))) {
                    service = line.size();
                }
                command = verb.equals("exec");
                line.add(word);
            } else if (word.equals(INDEX) && more) {
                index = number(words.get(++i));
            } else if (word.startsWith(INDEX + "=")) {
                index = number(word.substring(INDEX.length() + 1));
            } else {
                line.add(word);
                if (more && (WITH_VALUE.contains(word) || ExecLine.WITH_VALUE.contains(word))) {
                    line.add(words.get(++i));
                }
            }
        }
        String[] named = line.get(service).split("(?=:)", 2);
        if (!scaled(named[0])) {
            return words;
        }
        line.set(service, Replicas.name(named[0], index) + (named.length > 1 ? named[1] : ""));
        return line;
    }

    private static int number(String text) {
        if (!text.matches("[1-9]\\d{0,3}")) {
            throw new ComposeFailure("--index takes a number from 1 on, not " + text);
        }
        return Integer.parseInt(text);
    }

    /** They are scaled already, so that no option has to. */
    private List<String> all() {
        List<String> line = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean separate = word.equals(SCALE) && i + 1 < words.size();
            boolean done =
                    scale(separate, separate ? words.get(i + 1) : word)
                            .filter(each -> scaled(each.getKey()))
                            .isPresent();
            if (done) {
                i += separate ? 1 : 0;
            } else if (i == 0 || OF_A_SERVICE.contains(words.get(i - 1))) {
                line.add(word);
            } else {
                line.addAll(replicas.names(word));
            }
        }
        return line;
    }
}
