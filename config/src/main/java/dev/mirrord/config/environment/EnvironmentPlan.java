package dev.mirrord.config.environment;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Works out what the launcher does to the container's environment. */
public final class EnvironmentPlan {
    private final EnvironmentRules rules;
    private final Map<String, Variable> variables = new LinkedHashMap<>();

    private EnvironmentPlan(EnvironmentRules rules) {
        this.rules = rules;
    }

    /**
     * Applies the rules in their fixed order: target, {@code env_file}, {@code mapping}, {@code
     * override}, {@code unset}. What the user set with {@code docker run -e} is never touched.
     *
     * @param environ the target process's environment, raw; empty without a target
     * @param userNames names given by the user to the container engine
     */
    public static List<Operation> operations(
            EnvironmentRules rules, byte[] environ, Set<String> userNames) {
        EnvironmentPlan plan = new EnvironmentPlan(rules);
        plan.target(environ);
        rules.file().forEach((name, value) -> plan.put(Variable.of(name, value)));
        plan.map();
        rules.override().forEach((name, value) -> plan.put(Variable.of(name, value)));
        List<byte[]> unset = plan.unset();
        return plan.collect(unset, userNames);
    }

    private void put(Variable variable) {
        variables.put(variable.key(), variable);
    }

    private void target(byte[] environ) {
        List<NamePattern> include = rules.include().stream().map(NamePattern::of).toList();
        List<NamePattern> exclude = rules.exclude().stream().map(NamePattern::of).toList();
        for (Variable variable : Variable.all(environ)) {
            byte[] name = variable.name();
            if (include.stream().anyMatch(pattern -> pattern.matches(name))
                    && exclude.stream().noneMatch(pattern -> pattern.matches(name))
                    && !BuiltInExclusions.contain(name)) {
                // The first of two equal names is the one that getenv(3) finds.
                variables.putIfAbsent(variable.key(), variable);
            }
        }
    }

    private void map() {
        rules.mapping()
                .sequencedEntrySet()
                .reversed()
                .forEach(
                        entry -> {
                            Pattern pattern = Pattern.compile(entry.getKey());
                            variables.replaceAll(
                                    (key, variable) ->
                                            pattern.matcher(variable.nameText()).find()
                                                    ? variable.with(entry.getValue())
                                                    : variable);
                        });
    }

    /** Names to remove from the container too: as the user wrote them and as the target did. */
    private List<byte[]> unset() {
        Set<String> names = new LinkedHashSet<>();
        for (String name : rules.unset()) {
            names.add(latin1(name));
            variables
                    .values()
                    .removeIf(
                            variable -> {
                                boolean same = variable.nameText().equalsIgnoreCase(name);
                                if (same) {
                                    names.add(variable.key());
                                }
                                return same;
                            });
        }
        return names.stream().map(name -> name.getBytes(StandardCharsets.ISO_8859_1)).toList();
    }

    private List<Operation> collect(List<byte[]> unset, Set<String> userNames) {
        Set<String> users = new LinkedHashSet<>();
        userNames.forEach(name -> users.add(latin1(name)));
        List<Operation> operations = new ArrayList<>();
        variables.forEach(
                (key, variable) -> {
                    if (!users.contains(key)) {
                        operations.add(new Operation.Set(variable.entry()));
                    }
                });
        for (byte[] name : unset) {
            if (!users.contains(new String(name, StandardCharsets.ISO_8859_1))) {
                operations.add(new Operation.Unset(name));
            }
        }
        return operations;
    }

    private static String latin1(String name) {
        return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
