package dev.mirrord.session.kubernetes.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a pod's container is run, as its spec says.
 *
 * @param command empty: the image's entrypoint
 * @param arguments empty: the image's, if there is no command either
 * @param user {@code UID} or {@code UID:GID}
 * @param memory limit in bytes
 * @param cpus limit
 */
public record ContainerSpec(
        String image,
        List<String> command,
        List<String> arguments,
        Optional<String> workingDirectory,
        Optional<String> user,
        Optional<Long> memory,
        Optional<String> cpus) {
    /** References in command and arguments; {@code $$} is an escaped {@code $}. */
    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\$|\\$\\(([-._a-zA-Z][-._a-zA-Z0-9]*)\\)");

    private static final Map<String, BigDecimal> UNITS =
            Map.ofEntries(
                    Map.entry("", BigDecimal.ONE),
                    Map.entry("m", new BigDecimal("0.001")),
                    Map.entry("k", BigDecimal.TEN.pow(3)),
                    Map.entry("M", BigDecimal.TEN.pow(6)),
                    Map.entry("G", BigDecimal.TEN.pow(9)),
                    Map.entry("T", BigDecimal.TEN.pow(12)),
                    Map.entry("Ki", BigDecimal.TWO.pow(10)),
                    Map.entry("Mi", BigDecimal.TWO.pow(20)),
                    Map.entry("Gi", BigDecimal.TWO.pow(30)),
                    Map.entry("Ti", BigDecimal.TWO.pow(40)));

    private static final Pattern QUANTITY =
            Pattern.compile("([0-9.]+(?:[eE][-+]?[0-9]+)?)([a-zA-Z]*)");

    public ContainerSpec {
        command = List.copyOf(command);
        arguments = List.copyOf(arguments);
    }

    /** Of container {@code name} in the JSON of a pod. */
    public static ContainerSpec of(JsonNode pod, String name) {
        JsonNode spec = pod;
        for (JsonNode each : pod.at("/spec/containers")) {
            if (each.path("name").asText().equals(name)) {
                spec = each;
            }
        }
        Map<String, String> literal = new HashMap<>();
        spec.path("env")
                .forEach(
                        variable -> {
                            if (variable.has("value")) {
                                literal.put(
                                        variable.path("name").asText(),
                                        variable.path("value").asText());
                            }
                        });
        JsonNode limits = spec.at("/resources/limits");
        return new ContainerSpec(
                spec.path("image").asText(),
                words(spec.path("command"), literal),
                words(spec.path("args"), literal),
                text(spec.path("workingDir")),
                user(spec.path("securityContext"), pod.at("/spec/securityContext")),
                quantity(limits.path("memory"))
                        .map(bytes -> bytes.setScale(0, RoundingMode.CEILING).longValueExact()),
                quantity(limits.path("cpu"))
                        .map(cpus -> cpus.stripTrailingZeros().toPlainString()));
    }

    private static Optional<String> user(JsonNode own, JsonNode pods) {
        Optional<String> group =
                text(own.path("runAsGroup")).or(() -> text(pods.path("runAsGroup")));
        return text(own.path("runAsUser"))
                .or(() -> text(pods.path("runAsUser")))
                .map(user -> user + group.map(id -> ":" + id).orElse(""));
    }

    private static Optional<String> text(JsonNode value) {
        return Optional.of(value.asText("")).filter(text -> !text.isEmpty());
    }

    /** What refers to a value that the spec does not hold itself stays as it is. */
    private static List<String> words(JsonNode words, Map<String, String> literal) {
        List<String> expanded = new ArrayList<>();
        for (JsonNode word : words) {
            Matcher references = REFERENCE.matcher(word.asText());
            expanded.add(
                    references.replaceAll(
                            found -> Matcher.quoteReplacement(expansion(found, literal))));
        }
        return expanded;
    }

    private static String expansion(MatchResult found, Map<String, String> literal) {
        return found.group(1) == null ? "$" : literal.getOrDefault(found.group(1), found.group());
    }

    /** A Kubernetes quantity, {@code 500m} or {@code 1.5Gi}. */
    private static Optional<BigDecimal> quantity(JsonNode value) {
        Matcher parts = QUANTITY.matcher(value.asText(""));
        return parts.matches() && UNITS.containsKey(parts.group(2))
                ? Optional.of(new BigDecimal(parts.group(1)).multiply(UNITS.get(parts.group(2))))
                : Optional.empty();
    }
}
