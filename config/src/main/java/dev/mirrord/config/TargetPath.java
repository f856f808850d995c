package dev.mirrord.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads {@code targetless} and {@code KIND/NAME[/container/CONTAINER]}. */
public final class TargetPath {
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[^=/,\\s]+(/[^=/,\\s]+)?=[^=/,\\s]*");
    private static final String FORMS =
            "use pod/NAME, deployment/NAME, deployment/NAME/container/CONTAINER or targetless";

    private TargetPath() {}

    /**
     * @throws IllegalArgumentException whose message is one sentence for the user
     */
    public static Target parse(String text) {
        if (text.equals("targetless")) {
            return new Target.Targetless();
        }
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw malformed(text, "there is no /");
        }
        Target.Kind kind = kind(text, text.substring(0, slash));
        String rest = text.substring(slash + 1);
        int at = rest.indexOf("/container/");
        String name = at < 0 ? rest : rest.substring(0, at);
        Optional<String> container =
                at < 0
                        ? Optional.empty()
                        : Optional.of(rest.substring(at + "/container/".length()));
        return workload(text, kind, name, container);
    }

    static Target workload(String text, Target.Kind kind, String name, Optional<String> container) {
        if (kind == Target.Kind.LABEL) {
            if (!List.of(name.split(",", -1)).stream().allMatch(l -> LABEL.matcher(l).matches())) {
                throw malformed(text, "\"" + name + "\" is no list of k=v");
            }
        } else if (!NAME.matcher(name).matches()) {
            throw malformed(text, "\"" + name + "\" is no name of a Kubernetes object");
        }
        if (container.isPresent() && !NAME.matcher(container.get()).matches()) {
            throw malformed(text, "\"" + container.get() + "\" is no name of a container");
        }
        return new Target.Workload(kind, name, container);
    }

    private static Target.Kind kind(String text, String word) {
        if (word.equals("deploy")) {
            return Target.Kind.DEPLOYMENT;
        }
        return Arrays.stream(Target.Kind.values())
                .filter(kind -> kind.word().equals(word))
                .findFirst()
                .orElseThrow(
                        () ->
                                malformed(
                                        text,
                                        "\""
                                                + word
                                                + "\" is none of "
                                                + Arrays.stream(Target.Kind.values())
                                                        .map(Target.Kind::word)
                                                        .collect(Collectors.joining(", "))));
    }

    private static IllegalArgumentException malformed(String text, String why) {
        return new IllegalArgumentException(
                "target \"" + text + "\" is malformed: " + why + "; " + FORMS);
    }
}
