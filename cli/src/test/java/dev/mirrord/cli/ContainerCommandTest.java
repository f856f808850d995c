package dev.mirrord.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ContainerCommandTest {
    @Test
    void theFirstExampleOfTheReadmeIsUnderstood() {
        ContainerCommand command = parse("-t", "pod/x", "--", "docker", "run", "myimg");
        assertThat(command.target).isEqualTo("pod/x");
        assertThat(command.command).containsExactly("docker", "run", "myimg");
    }

    @Test
    void theContainersOwnOptionsAreNotOurs() {
        List<String> words =
                List.of("docker", "run", "--rm", "-it", "-e", "A=1", "img", "-n", "--steal");
        ContainerCommand withDashes = parse(with(words, "-n", "shop", "--"));
        ContainerCommand without = parse(with(words, "-n", "shop"));
        assertThat(withDashes.command).isEqualTo(words);
        assertThat(without.command).isEqualTo(words);
        assertThat(withDashes.features.steal).isFalse();
        assertThat(withDashes.namespace).isEqualTo("shop");
    }

    @Test
    void defaultsAskForNothing() {
        ContainerCommand command = parse("docker", "run", "img");
        assertThat(command.target).isNull();
        assertThat(command.namespace).isNull();
        assertThat(command.configFile).isNull();
        assertThat(command.features.steal).isFalse();
        assertThat(command.features.noRemoteDns).isFalse();
        assertThat(command.features.noOutgoing).isFalse();
        assertThat(command.agent.image).isNull();
        assertThat(command.output.quiet).isFalse();
        assertThat(command.output.dryRun).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "-t, --target",
        "-n, --target-namespace",
        "-n, --namespace",
        "-f, --config-file",
        "-s, --override-env-vars-include",
        "-x, --override-env-vars-exclude",
        "-a, --agent-namespace",
        "-i, --agent-image",
        "-l, --agent-log-level",
        "-k, --key",
        "-e, --ephemeral-container",
        "-c, --accept-invalid-certificates"
    })
    void shortAndLongFormsAreTheSame(String shortForm, String longForm) {
        CommandLine.Model.CommandSpec spec = spec();
        assertThat(spec.findOption(shortForm)).isSameAs(spec.findOption(longForm)).isNotNull();
    }

    /** The flags of mirrord 3.250 for container and exec. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--target",
                "--target-namespace",
                "--agent-namespace",
                "--agent-image",
                "--agent-log-level",
                "--agent-ttl",
                "--agent-startup-timeout",
                "--ephemeral-container",
                "--fs-mode",
                "--override-env-vars-include",
                "--override-env-vars-exclude",
                "--env-file",
                "--no-remote-dns",
                "--no-outgoing",
                "--no-tcp-outgoing",
                "--no-udp-outgoing",
                "--steal",
                "--skip-processes",
                "--accept-invalid-certificates",
                "--context",
                "--key",
                "--no-telemetry",
                "--disable-version-check",
                "--config-file"
            })
    void noFlagOfThePeersIsUnknown(String name) {
        assertThat(spec().findOption(name)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--steal",
                "--no-remote-dns",
                "--no-outgoing",
                "--no-tcp-outgoing",
                "--no-udp-outgoing",
                "-q",
                "-v",
                "--dry-run",
                "-c",
                "--stacktrace"
            })
    void switchesTakeNoValue(String name) {
        ContainerCommand command = parse(name, "docker", "run", "img");
        assertThat(command.command).containsExactly("docker", "run", "img");
    }

    private static String[] with(List<String> words, String... before) {
        return java.util.stream.Stream.concat(java.util.Arrays.stream(before), words.stream())
                .toArray(String[]::new);
    }

    private static CommandLine.Model.CommandSpec spec() {
        return CommandTree.whole().getSubcommands().get("container").getCommandSpec();
    }

    private static ContainerCommand parse(String... arguments) {
        CommandLine commandLine = CommandTree.whole();
        String[] all = new String[arguments.length + 1];
        all[0] = "container";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return commandLine.parseArgs(all).subcommand().commandSpec().commandLine().getCommand();
    }
}
