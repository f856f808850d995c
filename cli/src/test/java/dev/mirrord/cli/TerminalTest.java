package dev.mirrord.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.session.SessionOutput.Step;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private String say(Terminal.Progress progress, boolean coloured) {
        Terminal terminal =
                new Terminal(
                        new PrintStream(said, true, StandardCharsets.UTF_8),
                        progress,
                        false,
                        coloured);
        terminal.begins(Step.TARGET);
        terminal.ended(Step.TARGET, true, "pod a/b", Duration.ofMillis(120));
        terminal.ended(Step.AGENT, false, "no node", Duration.ofMillis(90));
        terminal.notice("once");
        terminal.warning("beware \"it\"");
        terminal.detail("more");
        return said.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    @Test
    void stepsHaveALineEachWithTheirTime() {
        assertThat(say(Terminal.Progress.STEPS, false))
                .isEqualTo(
                        """
                        mirrord: find the target     0.12 s  pod a/b
                        mirrord: once
                        mirrord: beware "it"
                        """);
    }

    @Test
    void theyAreDimWhereColoursAreWanted() {
        assertThat(say(Terminal.Progress.STEPS, true))
                .contains("mirrord: \u001b[2mfind the target     0.12 s  pod a/b\u001b[0m\n")
                .contains("mirrord: once\n");
    }

    @Test
    void whoReadsAFileGetsPlainLines() {
        assertThat(say(Terminal.Progress.LINES, true))
                .isEqualTo("mirrord: once\nmirrord: beware \"it\"\n");
    }

    @Test
    void programsGetAnObjectALine() {
        assertThat(say(Terminal.Progress.JSON, false))
                .isEqualTo(
                        """
                        {"type":"NewTask","name":"find the target"}
                        {"type":"FinishedTask","name":"find the target","success":true,"message":"pod a/b"}
                        {"type":"FinishedTask","name":"start the agent","success":false,"message":"no node"}
                        {"type":"Info","message":"once"}
                        {"type":"Warning","message":"beware \\"it\\""}
                        """);
    }

    @Test
    void nothingIsSaidWhereNothingIsWanted() {
        assertThat(say(Terminal.Progress.OFF, false)).isEmpty();
        assertThat(Terminal.Progress.of(true, Map.of("MIRRORD_PROGRESS_MODE", "json")))
                .isEqualTo(Terminal.Progress.OFF);
        assertThat(Terminal.Progress.of(false, Map.of("MIRRORD_PROGRESS_MODE", "json")))
                .isEqualTo(Terminal.Progress.JSON);
        assertThat(Terminal.Progress.of(false, Map.of("MIRRORD_PROGRESS_MODE", "off")))
                .isEqualTo(Terminal.Progress.OFF);
        assertThat(Terminal.Progress.of(false, Map.of("MIRRORD_PROGRESS_MODE", "dumb")))
                .isEqualTo(Terminal.Progress.LINES);
    }
}
