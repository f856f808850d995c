package dev.mirrord.session.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.command.CommandParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine behind ssh, with a real server of it on the loopback. */
@Timeout(60)
class SshEngineIT {
    @TempDir Path folder = Path.of("");

    private int port;
    private Process server;

    @BeforeEach
    void startServer() throws Exception {
        for (String key : List.of("host", "user")) {
            TestingPrograms.run(
                    "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path(key + "-key"));
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.createDirectories(Path.of("/run/sshd"));
        Files.writeString(
                folder.resolve("server"),
                """
                ListenAddress 127.0.0.1
                Port %d
                HostKey %s
                AuthorizedKeysFile %s
                StrictModes no
                UsePAM no
                PidFile none
                """
                        .formatted(port, path("host-key"), path("user-key.pub")));
        server =
                new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", path("server"))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        Files.writeString(
                folder.resolve("config"),
                """
                Host *
                    IdentityFile %s
                    UserKnownHostsFile /dev/null
                    StrictHostKeyChecking no
                    LogLevel ERROR
                """
                        .formatted(path("user-key")));
        program("ssh", "exec /usr/bin/ssh -F " + path("config") + " \"$@\"");
        String docker = TestingPrograms.run("sh", "-c", "command -v docker");
        program("docker", "PATH=" + folder + ":$PATH exec " + docker + " \"$@\"");
        while (!listens()) {
            if (!server.isAlive()) {
                throw new AssertionError(Files.readString(folder.resolve("log")));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @AfterEach
    void endServer() {
        server.destroy();
    }

    @Test
    void itIsReachedByTheWayOfTheUsersClient() {
        try (Engine engine = engine("ssh://root@127.0.0.1:" + port)) {
            assertThat(engine.version().operatingSystem()).isEqualTo("linux");
            assertThat(engine.images().inspect("mirrord-none")).isEmpty();
            assertThat(engine.containers().inspect("mirrord-none")).isEmpty();
        }
    }

    @Test
    void whatSshSaysIsTheReason() {
        try (Engine engine = engine("ssh://nobody@127.0.0.1:" + port)) {
            assertThatThrownBy(engine::version)
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("cannot connect to the container engine at ssh://nobody")
                    .hasMessageContaining("Permission denied");
        }
    }

    private Engine engine(String host) {
        return Engine.of(
                CommandParser.parse(List.of(path("docker"), "-H", host, "run", "img")),
                ClientEnvironment.ofThisProcess());
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private void program(String name, String line) throws IOException {
        Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + line + "\n");
        program.toFile().setExecutable(true);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }
}
