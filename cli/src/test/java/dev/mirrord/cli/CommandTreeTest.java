package dev.mirrord.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandTreeTest {
    @Test
    void helpIsTheSameWithoutTheOptionsOfTheCommands() {
        assertThat(CommandTree.forArguments("--help").getUsageMessage())
                .isEqualTo(CommandTree.whole().getUsageMessage())
                .contains("container", "diagnose", "config");
    }

    @ParameterizedTest
    @ValueSource(strings = {"container", "ls", "config", "diagnose", "session"})
    void theCommandThatIsNamedIsWhole(String name) {
        CommandLine named = CommandTree.forArguments("--stacktrace", name, "--help");
        CommandLine whole = CommandTree.whole();
        assertThat(named.getSubcommands().get(name).getUsageMessage())
                .isEqualTo(whole.getSubcommands().get(name).getUsageMessage());
        assertThat(named.getSubcommands().get(name).getSubcommands().keySet())
                .isEqualTo(whole.getSubcommands().get(name).getSubcommands().keySet());
    }
}
