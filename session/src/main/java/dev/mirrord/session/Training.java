package dev.mirrord.session;

import dev.mirrord.config.ConfigException;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.Keys;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.Overrides;
import dev.mirrord.protocol.tls.SessionIdentity;
import dev.mirrord.session.docker.command.CommandParser;
import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.rewrite.ImageConfig;
import dev.mirrord.session.docker.rewrite.Rewrite;
import dev.mirrord.session.docker.rewrite.Rewriter;
import dev.mirrord.session.docker.rewrite.SessionFacts;
import dev.mirrord.session.sidecar.SidecarControl;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Does what a session does, without one, so that the AOT cache (JEP 514) knows its classes and the
 * profiles (JEP 515) of what runs hot. Talks to engine and cluster where there are any.
 */
public final class Training {
    private static final int RECORDS = 4_000;
    private static final int RECORD = 16 * 1024;

    private Training() {}

    public static void run() {
        SessionIdentity identity =
                SessionIdentity.fromPem(SessionIdentity.generate("training").toPem());
        rewrite();
        cluster(identity);
        encrypt();
        VersionReport.lines().forEach(System.out::println);
    }

    private static void rewrite() {
        ContainerCommand command =
                CommandParser.parse(
                        List.of("docker", "run", "--rm", "-it", "-e", "A=1", "-p", "80", "image"));
        ImageConfig image =
                new ImageConfig(
                        "sha256:0",
                        List.of("/app"),
                        List.of(),
                        List.of(),
                        List.of(),
                        Set.of(),
                        List.of(),
                        "",
                        "linux",
                        "amd64");
        Rewrite rewrite =
                Rewriter.rewrite(
                        command,
                        image,
                        SessionFacts.of("training", Product.owner(), Product.SIDECAR_IMAGE),
                        _ -> false);
        AppCommand app = AppCommand.of(command, rewrite);
        System.out.println(ShellLine.of(app.start()));
        System.out.println(SidecarControl.message("training"));
    }

    private static void cluster(SessionIdentity identity) {
        SessionId id = SessionId.random();
        SessionOutput silent = new Silent();
        try (TrainingCluster server = new TrainingCluster(identity);
                SessionLog log = SessionLog.open(id, silent)) {
            Overrides flags =
                    new Overrides()
                            .parse(Keys.TARGET, "deployment/web", "-t")
                            .parse(Keys.KUBECONFIG, server.kubeconfig().toString(), "--kubeconfig");
            MirrordConfig config =
                    ConfigLoader.load(ConfigSources.ofProcess(Optional.empty(), flags)).config();
            SessionRequest request = new SessionRequest(config, List.of());
            try (ClusterSide cluster = new ClusterSide(id, request, log, silent)) {
                ClusterSide.Agent agent = cluster.startAgent(cluster.resolve(), identity);
                System.out.println(cluster.summary(agent));
                System.out.println(cluster.agentMessage(agent));
                cluster.deleteAgent(CompletableFuture.completedFuture(agent));
            }
            Files.deleteIfExists(log.file());
        } catch (IOException | GeneralSecurityException | ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The cipher of the connection to the API server: its intrinsics come with the second compiler
     * only.
     */
    private static void encrypt() {
        try {
            byte[] record = new byte[RECORD];
            byte[] nonce = new byte[12];
            SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            for (int i = 0; i < RECORDS; i++) {
                nonce[0] = (byte) i;
                nonce[1] = (byte) (i >> 8);
                cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
                cipher.doFinal(record);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
