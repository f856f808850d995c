package dev.mirrord.session.training;

import dev.mirrord.config.ConfigException;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.Keys;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.Overrides;
import dev.mirrord.session.ContainerSession;
import dev.mirrord.session.SessionOutput;
import dev.mirrord.session.SessionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;

/** The session that is run while the product is built. */
public final class Training {
    /** Stands in for docker's client: create, exec of the control connection, start. */
    private static final String CLIENT =
            """
            #!/bin/sh
            case " $* " in
            *" create "*) echo 0123456789abcdef ;;
            *" exec "*)
                read -r bootstrap
                echo '{"type":"ready"}'
                echo '{"type":"launcher"}'
                read -r agent
                echo '{"type":"connected"}'
                cat >/dev/null ;;
            *" start "*) sleep 1 ;;
            esac
            """;

    private Training() {}

    /**
     * Runs it, in files of its own below {@code directory}.
     *
     * @return the session's exit code, 0 when everything was trained
     */
    public static int run(Path directory) {
        try (TrainingCluster cluster = new TrainingCluster();
                TrainingEngine engine = new TrainingEngine(directory.resolve("engine.sock"))) {
            Path client = directory.resolve("docker");
            Files.writeString(client, CLIENT);
            Files.setPosixFilePermissions(client, PosixFilePermissions.fromString("rwx------"));
            Path kubeconfig = directory.resolve("kubeconfig");
            Files.writeString(kubeconfig, cluster.kubeconfig());
            Overrides flags =
                    new Overrides()
                            .parse(Keys.TARGET, "deployment/web", "-t")
                            .parse(Keys.KUBECONFIG, kubeconfig.toString(), "--kubeconfig");
            MirrordConfig config =
                    ConfigLoader.load(ConfigSources.ofProcess(Optional.empty(), flags)).config();
            List<String> command =
                    List.of(
                            client.toString(),
                            "-H",
                            "unix://" + engine.socket(),
                            "run",
                            "--rm",
                            "-e",
                            "A=1",
                            "-p",
                            "8080:80",
                            "image",
                            "serve");
            return new ContainerSession(new SessionRequest(config, command), new Printed()).run();
        } catch (IOException | GeneralSecurityException | ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Printed implements SessionOutput {
        @Override
        public void notice(String text) {
            System.err.println(text);
        }

        @Override
        public void detail(String text) {}
    }
}
