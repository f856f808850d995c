package dev.mirrord.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.protocol.tls.SessionIdentity;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The image as the engine runs it. */
@Timeout(90)
class SidecarImageIT {
    private static final String IMAGE = "mirrord-sidecar:0.1.0";
    private static final String NAME = "mirrord-test-sidecar-" + ProcessHandle.current().pid();

    private static Process docker(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String bootstrap() throws Exception {
        ObjectNode message =
                new ObjectMapper()
                        .createObjectNode()
                        .put("type", "bootstrap")
                        .put("protocol", 1)
                        .put("session", "test")
                        .put("identity", SessionIdentity.generate("test").toPem())
                        .put("tunnels", 2)
                        .put("relaySocket", false)
                        .put("dnsUpstream", "127.0.0.153")
                        .put("config", TestingConfig.json(TestingConfig.network("{}")));
        return message + "\n";
    }

    /** Starts a container, says bootstrap, hears the first answer, and goes. */
    private static String firstAnswer(String... capabilities) throws Exception {
        List<String> run = new ArrayList<>(List.of("run", "-d", "--name", NAME, "--cap-drop=ALL"));
        run.addAll(List.of(capabilities));
        run.add(IMAGE);
        TestingNamespace.output(docker(run.toArray(String[]::new)), 30);
        try {
            Process relay =
                    new ProcessBuilder("docker", "exec", "-i", NAME, "/mirrord/relay", "control")
                            .start();
            OutputStream out = relay.getOutputStream();
            out.write(bootstrap().getBytes(StandardCharsets.UTF_8));
            out.flush();
            String line =
                    new BufferedReader(
                                    new InputStreamReader(
                                            relay.getInputStream(), StandardCharsets.UTF_8))
                            .readLine();
            out.close();
            assertThat(relay.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(TestingNamespace.output(docker("wait", NAME), 30)).isEqualTo("0");
            return line;
        } finally {
            TestingNamespace.output(docker("rm", "-f", "-v", NAME), 30);
        }
    }

    @Test
    void netAdminIsAllItNeedsAndItGoesWithTheCli() throws Exception {
        assertThat(firstAnswer("--cap-add=NET_ADMIN")).isEqualTo("{\"type\":\"ready\"}");
    }

    @Test
    void withoutItOneSentenceSaysSo() throws Exception {
        assertThat(firstAnswer())
                .startsWith("{\"type\":\"failed\"")
                .contains("no NET_ADMIN capability");
    }
}
