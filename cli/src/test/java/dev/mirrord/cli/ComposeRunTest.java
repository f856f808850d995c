package dev.mirrord.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.IncomingMode;
import dev.mirrord.config.Keys;
import dev.mirrord.config.Overrides;
import dev.mirrord.config.SettingsReport;
import dev.mirrord.session.docker.command.ComposeWords;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ComposeRunTest {
    @TempDir Path directory;

    @Test
    void thePluginGetsWhatFileVariablesAndFlagsSayAsAFileSaysIt() throws Exception {
        Files.writeString(
                directory.resolve("m.yaml"),
                """
                target: deployment/of-file
                feature:
                  network:
                    incoming: {port_mapping: [[8080, 80]], ignore_ports: [9]}
                    dns: false
                  env: {exclude: [A, B]}
                """);
        Overrides flags =
                new Overrides()
                        .parse(Keys.TARGET, "pod/x/container/c", "-t")
                        .set(Keys.INCOMING_MODE, IncomingMode.STEAL, "--steal");
        SettingsReport settings =
                ConfigLoader.report(
                        new ConfigSources(
                                Optional.of("m.yaml"),
                                Map.of("MIRRORD_TARGET_NAMESPACE", "shop"),
                                flags,
                                directory,
                                InputStream.nullInputStream()),
                        false);
        assertThat(
                        new ObjectMapper()
                                .readTree(
                                        run("docker", "-H", "x", "compose", "up")
                                                .context(settings)))
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        """
                                        {"docker": ["docker", "-H", "x"], "services": ["web"], "quiet": false,
                                         "config": {
                                          "target": {"path": "pod/x/container/c", "namespace": "shop"},
                                          "feature": {
                                           "env": {"exclude": ["A", "B"]},
                                           "network": {
                                            "incoming": {"mode": "steal", "port_mapping": [[8080, 80]], "ignore_ports": [9]},
                                            "dns": {"enabled": false}}}}}
                                        """));
    }

    @Test
    void whatDoesNotGoWithComposeIsSaid() {
        assertThatThrownBy(() -> run("podman", "compose", "up").check(false, false))
                .hasMessageContaining("podman compose has no providers")
                .hasMessageContaining("use docker compose");
        assertThatThrownBy(() -> run("docker", "compose", "up").check(true, false))
                .hasMessageContaining("--as-target completes a docker run line");
        assertThatThrownBy(() -> run("docker", "compose", "up").check(false, true))
                .hasMessageContaining("--dry-run does not go with docker compose");
    }

    @Test
    void aServiceWithoutComposeIsRefused() {
        assertThat(said("-t", "pod/x", "--service", "web", "--", "docker", "run", "img"))
                .isEqualTo(
                        "mirrord: --service web is for docker compose, but the command is docker"
                                + " run: remove it, or put docker compose … after --\n");
        assertThat(said("--service=web"))
                .contains("--service web is for docker compose, but the command is empty");
    }

    private static String said(String... options) {
        List<String> words = new java.util.ArrayList<>(List.of("container"));
        words.addAll(List.of(options));
        StringWriter err = new StringWriter();
        CommandLine line = CommandTree.whole();
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute(words.toArray(String[]::new))).isEqualTo(125);
        return err.toString();
    }

    private static ComposeRun run(String... words) {
        return new ComposeRun(ComposeWords.of(List.of(words)).orElseThrow(), List.of("web"), false);
    }
}
