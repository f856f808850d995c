package dev.mirrord.session.docker.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of flags against the help text of the docker client of this machine. */
class RunFlagIT {

    private static final Pattern LINE =
            Pattern.compile("(?m)^  (?:-(\\w), |    )--([a-z0-9-]+)(?: (\\S+))?(?:   .*)?$");

    private static final Set<String> LIST_TYPES =
            Set.of("list", "map", "network", "mount", "ulimit", "gpu-request");

    private record Shape(String shortName, FlagKind kind) {}

    @ParameterizedTest
    @EnumSource(Verb.class)
    void theTableIsWhatTheClientSays(Verb verb) throws Exception {
        Map<String, Shape> table =
                Arrays.stream(RunFlag.values())
                        .filter(flag -> !flag.hidden())
                        .filter(flag -> verb == Verb.RUN || flag.ofCreate())
                        .collect(
                                Collectors.toMap(
                                        RunFlag::longName,
                                        RunFlagIT::shape,
                                        (first, second) -> first,
                                        TreeMap::new));

        assertThat(table).isEqualTo(client(verb));
    }

    @ParameterizedTest
    @EnumSource(Verb.class)
    void theClientKnowsTheHiddenFlags(Verb verb) throws Exception {
        for (RunFlag flag : RunFlag.values()) {
            if (flag.hidden()) {
                String output = run("docker", verb.word(), "--" + flag.longName());
                assertThat(output).contains("flag needs an argument: --" + flag.longName());
            }
        }
    }

    private static Shape shape(RunFlag flag) {
        String name = flag.shortName() == Flag.NO_SHORT_NAME ? "" : "" + flag.shortName();
        return new Shape(name, flag.kind());
    }

    private static Map<String, Shape> client(Verb verb) throws Exception {
        Map<String, Shape> shapes = new TreeMap<>();
        Matcher matcher = LINE.matcher(run("docker", verb.word(), "--help"));
        while (matcher.find()) {
            String shortName = matcher.group(1) == null ? "" : matcher.group(1);
            shapes.put(matcher.group(2), new Shape(shortName, kind(matcher.group(3))));
        }
        return shapes;
    }

    private static FlagKind kind(String type) {
        if (type == null) {
            return FlagKind.BOOLEAN;
        }
        return LIST_TYPES.contains(type) ? FlagKind.LIST : FlagKind.VALUE;
    }

    /** Without an engine: the client hides flags that the engine it reaches is too old for. */
    private static String run(String... words) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("DOCKER_HOST", "unix:///nonexistent/docker.sock");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
