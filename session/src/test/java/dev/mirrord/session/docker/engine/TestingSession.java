package dev.mirrord.session.docker.engine;

import dev.mirrord.config.PidOne;
import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.rewrite.Rewrite;
import dev.mirrord.session.docker.rewrite.Rewriter;
import dev.mirrord.session.docker.rewrite.SessionFacts;
import dev.mirrord.session.docker.rewrite.SidecarSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A session's containers on the real engine, without the rest of a session. */
final class TestingSession implements AutoCloseable {

    final String id = "it" + UUID.randomUUID().toString().substring(0, 8);
    final ContainerCommand command;
    final Engine engine;
    final Rewrite rewrite;

    TestingSession(String... words) {
        this(Optional.empty(), words);
    }

    TestingSession(Optional<String> relayDirectory, String... words) {
        command = CommandParser.parse(List.of(words));
        engine = Engine.of(command, ClientEnvironment.ofThisProcess());
        SessionFacts facts =
                new SessionFacts(
                        id,
                        "it@here",
                        TestingPrograms.SIDECAR,
                        Optional.of("web-0"),
                        Optional.of("127.0.0.53"),
                        List.of("shop.svc.cluster.local"),
                        Map.of(
                                "net.ipv6.conf.all.disable_ipv6", "0",
                                "net.ipv4.conf.all.route_localnet", "1"),
                        List.of("NET_ADMIN"),
                        relayDirectory,
                        false,
                        PidOne.AUTO);
        rewrite =
                Rewriter.rewrite(
                        command,
                        engine.images().of(command),
                        facts,
                        path ->
                                engine.images()
                                        .has(engine.images().of(command), path, facts.labels()));
    }

    SidecarSpec sidecar() {
        return rewrite.sidecar();
    }

    TestingSession start() {
        engine.containers().createLayer(sidecar());
        engine.containers().start(engine.containers().createSidecar(sidecar()));
        return this;
    }

    TestingPrograms.Result app() throws Exception {
        return TestingPrograms.result(rewrite.appCommand());
    }

    String inspect(String container, String format) throws Exception {
        return TestingPrograms.run("docker", "inspect", "-f", format, container);
    }

    String layerVolume() throws Exception {
        return inspect(sidecar().layerName(), "{{(index .Mounts 0).Name}}");
    }

    boolean volumeExists(String volume) throws Exception {
        return TestingPrograms.result(List.of("docker", "volume", "inspect", volume)).exitCode()
                == 0;
    }

    @Override
    public void close() {
        engine.containers().app(id).ifPresent(app -> engine.containers().remove(app.id()));
        engine.containers().removeSession(id);
        engine.close();
    }
}
