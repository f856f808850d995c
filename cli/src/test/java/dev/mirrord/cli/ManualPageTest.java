package dev.mirrord.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class ManualPageTest {
    private final Map<String, String> pages = ManualCommand.pages("2026-01-02");

    @Test
    void everyCommandHasAPageWithAllThatItsHelpShows() {
        check(CommandTree.whole().getCommandSpec());
    }

    private void check(CommandSpec command) {
        String page = pages.get(command.qualifiedName("-"));
        assertThat(page).as(command.qualifiedName()).isNotNull();
        String shown = page.replace("\\-", "-");
        for (OptionSpec option : command.options()) {
            if (option.hidden()) {
                continue;
            }
            for (String name : option.names()) {
                assertThat(shown).contains("\\fB" + name + "\\fR");
            }
            for (String line : option.description()) {
                assertThat(shown).contains(line.replace("%n", " ").replace("…", "..."));
            }
        }
        for (CommandSpec each : ManualPage.subcommands(command)) {
            assertThat(shown).contains("\\fB" + each.qualifiedName("-") + "\\fR(1)");
            check(each);
        }
    }

    @Test
    void whatIsHiddenInHelpHasNoPage() {
        assertThat(pages)
                .containsKeys("mirrord", "mirrord-container", "mirrord-config-verify")
                .doesNotContainKeys("mirrord-train", "mirrord-complete", "mirrord-manual");
    }

    @Test
    void noLineOfTextIsTakenForARequest() {
        assertThat(pages.get("mirrord-container"))
                .startsWith(".TH \"MIRRORD\\-CONTAINER\" \"1\" \"2026\\-01\\-02\"");
        assertThat(pages.values())
                .allSatisfy(
                        page ->
                                assertThat(page.lines())
                                        .filteredOn(line -> line.startsWith("."))
                                        .allMatch(
                                                line ->
                                                        line.matches(
                                                                "\\.(TH|SH|SS|TP|nf|fi)( .*)?")));
    }
}
