package dev.mirrord.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code targetless} and {@code KIND/NAME[/container/CONTAINER]}. */
public final class TargetPath {
    /** What can be written, for messages. */
    public static final String FORMS =
            "use pod/NAME, deployment/NAME, deployment/NAME/container/CONTAINER, another kind of"
                    + " workload, label/KEY=VALUE or targetless";

    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[^=/,\\s]+(/[^=/,\\s]+)?=[^=/,\\s]*");
    private static final String CONTAINER = "/container/";

    private TargetPath() {}

    /**
     * @throws IllegalArgumentException whose message is one sentence for the user
     */
    public static Target parse(String text) {
        if (text.equals("targetless")) {
            return new Target.Targetless();
        }
        int slash = text.indexOf('/');
        String word = slash < 0 ? text : text.substring(0, slash);
        Optional<Target.Kind> kind = kind(word);
        if (slash < 0) {
            throw malformed(
                    text,
                    kind.isPresent()
                            ? "the name is missing"
                            : "a kind is missing: did you mean deployment/" + text + "?");
        }
        String rest = text.substring(slash + 1);
        int at = rest.indexOf(CONTAINER);
        return workload(
                text,
                kind.orElseThrow(() -> malformed(text, unknownKind(word))),
                at < 0 ? rest : rest.substring(0, at),
                at < 0 ? Optional.empty() : Optional.of(rest.substring(at + CONTAINER.length())));
    }

    static Target workload(String text, Target.Kind kind, String name, Optional<String> container) {
        if (kind == Target.Kind.LABEL) {
            if (!List.of(name.split(",", -1)).stream().allMatch(l -> LABEL.matcher(l).matches())) {
                throw malformed(text, "\"" + name + "\" is no list of k=v");
            }
        } else {
            checkName(text, name, "the name");
        }
        container.ifPresent(given -> checkName(text, given, "the container's name"));
        return new Target.Workload(kind, name, container);
    }

    private static void checkName(String text, String name, String what) {
        if (!NAME.matcher(name).matches()) {
            throw malformed(text, whyNoName(name, what));
        }
    }

    private static String whyNoName(String name, String what) {
        int slash = name.indexOf('/');
        if (name.isEmpty() || slash == 0) {
            return what + " is missing";
        }
        if (slash < 0) {
            return "\"" + name + "\" is no name of a Kubernetes object";
        }
        String behind = name.substring(slash + 1);
        return switch (behind) {
            case "" -> "there is a slash too many";
            case "container" -> "the container's name is missing";
            default -> "\"" + behind + "\" stands where only container/CONTAINER may";
        };
    }

    private static Optional<Target.Kind> kind(String word) {
        return word.equals("deploy")
                ? Optional.of(Target.Kind.DEPLOYMENT)
                : Arrays.stream(Target.Kind.values())
                        .filter(kind -> kind.word().equals(word))
                        .findFirst();
    }

    private static String unknownKind(String word) {
        List<String> words = Arrays.stream(Target.Kind.values()).map(Target.Kind::word).toList();
        return Nearest.near(word, words)
                .map(meant -> "unknown kind \"" + word + "\", did you mean " + meant + "?")
                .orElse("\"" + word + "\" is none of " + String.join(", ", words));
    }

    private static IllegalArgumentException malformed(String text, String why) {
        return new IllegalArgumentException(
                "target \"" + text + "\" is malformed: " + why + "; " + FORMS);
    }
}
