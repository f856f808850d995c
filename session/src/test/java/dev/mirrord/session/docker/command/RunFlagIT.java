package dev.mirrord.session.docker.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables of flags against the help texts of the clients of this machine. */
class RunFlagIT {

    private static final Pattern LINE =
            Pattern.compile("(?m)^  (?:-(\\w), |    )--([a-z0-9-]+)(?: (\\S+))?(?:   .*)?$");

    private static final Set<String> LIST_TYPES =
            Set.of(
                    "list",
                    "map",
                    "network",
                    "mount",
                    "ulimit",
                    "gpu-request",
                    // podman's
                    "strings",
                    "stringArray",
                    "tmpfs",
                    "DEVICE_NAME:WEIGHT");

    /** Later versions have them, or this one hides them. */
    private static final Set<String> OF_OTHER_PODMANS =
            Set.of(
                    "cert-dir",
                    "creds",
                    "decryption-key",
                    "gpus",
                    "group-entry",
                    "health-log-destination",
                    "health-max-log-count",
                    "health-max-log-size",
                    "health-startup-cmd",
                    "health-startup-interval",
                    "health-startup-retries",
                    "health-startup-success",
                    "health-startup-timeout",
                    "kernel-memory",
                    "no-hostname",
                    "rdt-class",
                    "retry",
                    "retry-delay",
                    "shm-size-systemd",
                    "signature-policy");

    private record Shape(String shortName, FlagKind kind) {}

    @ParameterizedTest
    @CsvSource({"DOCKER, RUN", "DOCKER, CREATE", "PODMAN, RUN", "PODMAN, CREATE"})
    void theTableIsWhatTheClientSays(ContainerRuntime runtime, Verb verb) throws Exception {
        Map<String, Shape> table =
                RunFlag.of(runtime, verb).stream()
                        .filter(flag -> !flag.hidden())
                        .collect(
                                Collectors.toMap(
                                        RunFlag::longName,
                                        RunFlagIT::shape,
                                        (first, second) -> first,
                                        TreeMap::new));

        Map<String, Shape> client = client(runtime, verb.word());
        if (runtime == ContainerRuntime.PODMAN) {
            assertThat(table.keySet()).containsAll(OF_OTHER_PODMANS);
            table.keySet().removeAll(OF_OTHER_PODMANS);
            table.remove("preserve-fd");
            client.remove("init-ctr"); // of a pod, which is refused
        }
        assertThat(client).isEqualTo(table);
    }

    @Test
    void thePodmanOptionsBeforeItsVerbAreWhatTheClientSays() throws Exception {
        Map<String, Shape> table =
                GlobalFlag.of(ContainerRuntime.PODMAN).stream()
                        .collect(
                                Collectors.toMap(
                                        GlobalFlag::longName,
                                        RunFlagIT::shape,
                                        (first, second) -> first,
                                        TreeMap::new));

        assertThat(client(ContainerRuntime.PODMAN, "")).isEqualTo(table);
    }

    @ParameterizedTest
    @CsvSource({"DOCKER, RUN", "DOCKER, CREATE", "PODMAN, RUN", "PODMAN, CREATE"})
    void theClientKnowsTheHiddenFlags(ContainerRuntime runtime, Verb verb) throws Exception {
        for (RunFlag flag : RunFlag.of(runtime, verb)) {
            if (flag.hidden()) {
                String output = run(runtime.word(), verb.word(), "--" + flag.longName());
                assertThat(output).contains("flag needs an argument: --");
            }
        }
    }

    private static Shape shape(Flag flag) {
        String name = flag.shortName() == Flag.NO_SHORT_NAME ? "" : "" + flag.shortName();
        return new Shape(name, flag.kind());
    }

    private static Map<String, Shape> client(ContainerRuntime runtime, String verb)
            throws Exception {
        Map<String, Shape> shapes = new TreeMap<>();
        List<String> words = new ArrayList<>(List.of(runtime.word()));
        if (!verb.isEmpty()) {
            words.add(verb);
        }
        words.add("--help");
        Matcher matcher = LINE.matcher(run(words.toArray(String[]::new)));
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
