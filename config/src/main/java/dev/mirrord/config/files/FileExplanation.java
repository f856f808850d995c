package dev.mirrord.config.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says which rule decides, for the user. */
public final class FileExplanation {
    private final FileRules rules;
    private final FilePolicy policy;
    private final ContainerFacts facts;

    /** The target's volumes are not known: that is said where it matters. */
    public FileExplanation(FileRules rules, ContainerFacts facts) {
        this.rules = rules;
        this.policy = FilePolicy.of(rules, List.of());
        this.facts = facts;
    }

    /** Lines; the first begins with the path. */
    public List<String> of(String path) {
        if (!path.startsWith("/")) {
            return List.of(
                    path + ": local: a relative path is found where the app is",
                    "  why: only absolute paths are judged");
        }
        FilePolicy.Verdict verdict = policy.decide(path, facts);
        List<String> lines = new ArrayList<>();
        lines.add(path + ": " + verdict.decision().text());
        verdict.mapping()
                .ifPresent(
                        pattern ->
                                lines.add(
                                        "  mapped to: "
                                                + verdict.path()
                                                + " (feature.fs.mapping \""
                                                + pattern
                                                + "\")"));
        lines.add("  why: " + verdict.rule().map(FileExplanation::why).orElseGet(this::mode));
        if (rules.wanted() && verdict.rule().map(Rule::byUser).orElse(false).equals(false)) {
            lines.add(
                    "  unless: a volume of the user is there (local)"
                            + (rules.autoMount()
                                    ? ", or a volume of the target (the target's)"
                                    : ""));
        }
        return lines;
    }

    private static String why(Rule rule) {
        return rule.origin() + (rule.operand().isEmpty() ? "" : " \"" + rule.operand() + "\"");
    }

    private String mode() {
        return "feature.fs.mode is "
                + rules.mode().name().toLowerCase(Locale.ROOT)
                + (rules.wanted() ? ", and no rule matches" : ": nothing is the target's");
    }
}
