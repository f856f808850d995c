package dev.mirrord.config.environment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * {@code feature.env}, with the content of its file. Values may be secrets: {@link #toString} shows
 * names only.
 *
 * @param include {@code *} and {@code ?} wildcards; which of the target's variables the app gets
 * @param exclude wildcards; which of them it does not get
 * @param file the variables of {@code env_file}, in its order
 * @param mapping regular expression on a name → value; the first that is found in the name counts
 * @param override name → value
 * @param unset names, in any case
 */
public record EnvironmentRules(
        List<String> include,
        List<String> exclude,
        SequencedMap<String, String> file,
        SequencedMap<String, String> mapping,
        SequencedMap<String, String> override,
        List<String> unset) {

    /** The target's whole environment but what describes its image. */
    public static final EnvironmentRules DEFAULT =
            new EnvironmentRules(List.of("*"), List.of(), Map.of(), Map.of(), Map.of(), List.of());

    public EnvironmentRules {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
        file = ordered(file);
        mapping = ordered(mapping);
        override = ordered(override);
        unset = List.copyOf(unset);
    }

    public EnvironmentRules(
            List<String> include,
            List<String> exclude,
            Map<String, String> file,
            Map<String, String> mapping,
            Map<String, String> override,
            List<String> unset) {
        this(include, exclude, ordered(file), ordered(mapping), ordered(override), unset);
    }

    private static SequencedMap<String, String> ordered(Map<String, String> map) {
        return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map));
    }

    @Override
    public String toString() {
        return "EnvironmentRules[include="
                + include
                + ", exclude="
                + exclude
                + ", file="
                + new ArrayList<>(file.keySet())
                + ", mapping="
                + new ArrayList<>(mapping.keySet())
                + ", override="
                + new ArrayList<>(override.keySet())
                + ", unset="
                + unset
                + "]";
    }
}
