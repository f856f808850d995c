package dev.mirrord.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.Overrides;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.rewrite.ImageConfig;
import dev.mirrord.session.docker.rewrite.Rewriter;
import dev.mirrord.session.docker.rewrite.SessionFacts;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    @Test
    void whatTheUserToldTheEngineAboutNamesReachesTheSidecar() throws Exception {
        JsonNode message =
                message(
                        "docker run --dns 9.9.9.9 --dns-search a.b --dns-option ndots:1 --dns-opt"
                                + " timeout:3 --add-host me:host-gateway --network net img");

        assertThat(texts(message, "nameservers")).containsExactly("9.9.9.9");
        assertThat(texts(message, "searchDomains")).containsExactly("a.b");
        assertThat(texts(message, "resolverOptions")).containsExactly("ndots:1", "timeout:3");
        assertThat(texts(message, "hostGatewayNames")).containsExactly("me");
        assertThat(texts(message, "networks")).containsExactly("net");
        assertThat(texts(message, "engineNameservers")).containsExactly("127.0.0.11");
    }

    @Test
    void withoutTheUsersWordsTheTargetsStay() throws Exception {
        JsonNode message = message("docker run img");

        assertThat(texts(message, "searchDomains")).isEmpty();
        assertThat(texts(message, "resolverOptions")).isEmpty();
        assertThat(texts(message, "hostGatewayNames")).isEmpty();
        assertThat(texts(message, "networks")).isEmpty();
    }

    private static JsonNode message(String line) throws Exception {
        ContainerCommand command = CommandParser.parse(List.of(line.split(" ")));
        ImageConfig image =
                new ImageConfig(
                        "sha256:0",
                        List.of(),
                        List.of("app"),
                        List.of(),
                        List.of(),
                        Set.of(),
                        List.of(),
                        "",
                        "linux",
                        "amd64");
        SessionFacts facts = SessionFacts.of("s1", "me@here", "mirrord-sidecar:1");
        ConfigSources sources =
                new ConfigSources(
                        Optional.empty(),
                        Map.of(),
                        new Overrides(),
                        Path.of("/"),
                        InputStream.nullInputStream());
        MirrordConfig config = ConfigLoader.load(sources).config();
        return Bootstrap.message(
                SessionId.random(),
                new SessionRequest(config, List.of(line.split(" "))),
                config.sidecar(),
                command,
                Rewriter.rewrite(command, image, facts, path -> true),
                image,
                SessionIdentity.generate("test"),
                List.of("127.0.0.11"),
                true);
    }

    private static List<String> texts(JsonNode message, String field) {
        return StreamSupport.stream(message.path(field).spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
