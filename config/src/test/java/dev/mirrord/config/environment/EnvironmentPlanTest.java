package dev.mirrord.config.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentPlanTest {
    @Test
    void theTargetsVariablesAreSetInTheirOrder() {
        assertThat(plan(EnvironmentRules.DEFAULT, "B=2\0A=1\0"))
                .containsExactly("set B=2", "set A=1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BUNDLE_X",
                "BUNDLER_Y",
                "CATALINA_HOME",
                "CLASSPATH",
                "DOTNET_EnableDiagnostics",
                "DOTNET_STARTUP_HOOKS",
                "GEM_HOME",
                "GEM_PATH",
                "GOPATH",
                "GOMODCACHE",
                "HOME",
                "HOMEPATH",
                "JAVA_EXE",
                "JAVA_HOME",
                "JAVA_TOOL_OPTIONS",
                "PATH",
                "PWD",
                "PYTHONPATH",
                "RUBYLIB",
                "RUBYOPT",
                "MIRRORD_LOG",
                "RUST_LOG",
                "_JAVA_OPTIONS",
                "LD_PRELOAD",
                "LD_LIBRARY_PATH",
                "MIRRORD_RESOLVED_CONFIG",
                "MIRRORD_KEY",
                "MIRRORD_LAYER_INTPROXY_ADDR"
            })
    void whatDescribesTheImageStaysTheImages(String name) {
        assertThat(plan(EnvironmentRules.DEFAULT, name + "=x\0")).isEmpty();
        assertThat(plan(rules(List.of(name), List.of()), name + "=x\0")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"path", "PATHS", "MY_HOME", "MIRRORD_FAKE_VAR_FIRST", "HOSTNAME", "BUNDL"})
    void whatOnlyLooksLikeItIsTheTargets(String name) {
        assertThat(plan(EnvironmentRules.DEFAULT, name + "=x\0"))
                .containsExactly("set " + name + "=x");
    }

    @Test
    void includeAndExcludeKnowWildcards() {
        String environ = "DB_HOST=a\0DB_PORT=b\0DC_HOST=c\0X=d\0";

        assertThat(plan(rules(List.of("D?_HOST", "X"), List.of()), environ))
                .containsExactly("set DB_HOST=a", "set DC_HOST=c", "set X=d");
        assertThat(plan(rules(List.of("*"), List.of("DB*", "*X*")), environ))
                .containsExactly("set DC_HOST=c");
        assertThat(plan(rules(List.of(), List.of()), environ)).isEmpty();
    }

    @Test
    void laterRulesSeeWhatEarlierOnesMade() {
        Map<String, String> mapping = new LinkedHashMap<>();
        mapping.put("^A", "mapped");
        mapping.put("(A|B)", "second");
        EnvironmentRules rules =
                new EnvironmentRules(
                        List.of("*"),
                        List.of(),
                        Map.of("A2", "file"),
                        mapping,
                        Map.of("C", "override", "D", "override"),
                        List.of("d"));

        assertThat(plan(rules, "A=1\0B=2\0C=3\0A2=4\0"))
                .containsExactlyInAnyOrder(
                        "set A=mapped",
                        "set B=second",
                        "set A2=mapped",
                        "set C=override",
                        "unset d",
                        "unset D");
    }

    @Test
    void theFileWinsOverTheTargetAndTheOverrideMayNameAnExcludedVariable() {
        EnvironmentRules rules =
                new EnvironmentRules(
                        List.of("*"),
                        List.of("A"),
                        Map.of("B", "file"),
                        Map.of(),
                        Map.of("PATH", "/x", "A", "o"),
                        List.of());

        assertThat(plan(rules, "A=1\0B=1\0PATH=/y\0"))
                .containsExactlyInAnyOrder("set B=file", "set PATH=/x", "set A=o");
    }

    @Test
    void whatTheUserGaveTheEngineIsNeverTouched() {
        EnvironmentRules rules =
                new EnvironmentRules(
                        List.of("*"),
                        List.of(),
                        Map.of("F", "1"),
                        Map.of(".*", "m"),
                        Map.of("O", "1"),
                        List.of("U", "a"));

        assertThat(plan(rules, "A=1\0B=1\0", "A", "F", "O", "U"))
                .containsExactly("set B=m", "unset a");
    }

    @Test
    void bytesThatAreNoTextPassUnchanged() {
        byte[] environ = {'A', '=', (byte) 0xff, '\n', '=', (byte) 0xc3, 0, (byte) 0xfe, '=', 'x'};

        List<Operation> operations =
                EnvironmentPlan.operations(EnvironmentRules.DEFAULT, environ, Set.of());

        assertThat(operations)
                .containsExactly(
                        new Operation.Set(
                                new byte[] {'A', '=', (byte) 0xff, '\n', '=', (byte) 0xc3}),
                        new Operation.Set(new byte[] {(byte) 0xfe, '=', 'x'}));
        assertThat(operations).extracting(Operation::code).containsOnly(1);
    }

    @Test
    void aHugeValuePassesUnchanged() {
        String value = "é'\"\n=".repeat(40_000);

        assertThat(plan(EnvironmentRules.DEFAULT, "A=" + value + "\0"))
                .containsExactly("set A=" + value);
    }

    @Test
    void entriesThatAreNoVariablesAreLeftOutAndTheFirstOfTwoCounts() {
        assertThat(plan(EnvironmentRules.DEFAULT, "\0junk\0=x\0A=1\0A=2\0E=\0"))
                .containsExactly("set A=1", "set E=");
        assertThat(plan(EnvironmentRules.DEFAULT, "")).isEmpty();
    }

    @Test
    void noOperationShowsAValue() {
        assertThat(
                        EnvironmentPlan.operations(
                                        EnvironmentRules.DEFAULT,
                                        "A=secret".getBytes(StandardCharsets.UTF_8),
                                        Set.of())
                                .toString())
                .isEqualTo("[Set[A]]");
    }

    private static EnvironmentRules rules(List<String> include, List<String> exclude) {
        return new EnvironmentRules(include, exclude, Map.of(), Map.of(), Map.of(), List.of());
    }

    private static List<String> plan(EnvironmentRules rules, String environ, String... users) {
        return EnvironmentPlan.operations(
                        rules, environ.getBytes(StandardCharsets.UTF_8), Set.of(users))
                .stream()
                .map(
                        operation ->
                                switch (operation) {
                                    case Operation.Set set -> "set " + text(set.bytes());
                                    case Operation.Unset unset -> "unset " + text(unset.bytes());
                                })
                .toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
