package dev.mirrord.it.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mirrord.config.files.FileVolumes;
import dev.mirrord.config.files.TargetMount;
import dev.mirrord.sidecar.files.VolumeDoor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The target's volumes as mounts in another mount namespace, as an app's container has one: through
 * the sidecar's socket, its program, its mount and a tunnel.
 */
class VolumesIT {
    private static final Path LAYER = Path.of("../layer-native").toAbsolutePath().normalize();
    private static final Path ATTACH = LAYER.resolve("build/" + machine() + "/attach");

    /** Lends the mount namespace that it is in. */
    private static final String LENDER =
            """
            import os, socket, sys
            own = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            own.connect(sys.argv[1])
            socket.send_fds(own, [b"x"], [os.open("/proc/self/ns/mnt", os.O_RDONLY)])
            answer = own.recv(20000)
            print(answer[0], answer[1:].decode(), end="")
            """;

    @TempDir Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private MountedTarget target;

    @SuppressWarnings("NullAway.Init")
    private Process app;

    private static String machine() {
        return System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
    }

    @BeforeAll
    static void theProgramIsMade() throws Exception {
        assertThat(Shell.in(LAYER, "make -s " + LAYER.relativize(ATTACH))).isEmpty();
        System.setProperty("mirrord.attach", ATTACH.toString());
    }

    @BeforeEach
    void thereIsATargetAndAnotherNamespace() throws Exception {
        target = target();
        app =
                new ProcessBuilder("unshare", "-m", "sh", "-c", "echo ready; exec sleep 1000")
                        .redirectErrorStream(true)
                        .start();
        assertThat(app.inputReader().readLine()).isEqualTo("ready");
    }

    @AfterEach
    void end() throws Exception {
        app.destroyForcibly().waitFor();
        target.close();
    }

    private MountedTarget target() throws Exception {
        MountedTarget made = new MountedTarget();
        for (String name : List.of("config", "data")) {
            Path volume = Files.createDirectories(made.root.resolve(relative(name)));
            Files.writeString(volume.resolve("key"), "value\n");
        }
        return made;
    }

    private String relative(String name) {
        return directory.resolve(name).toString().substring(1);
    }

    private void open(FileVolumes how, String... names) {
        List<TargetMount> volumes =
                Arrays.stream(names)
                        .map(
                                name ->
                                        new TargetMount(
                                                directory.resolve(name).toString(),
                                                name.equals("config")))
                        .toList();
        new VolumeDoor(target.mount, volumes, how).open(directory.resolve("volumes"));
    }

    /** What the launcher in the other namespace is answered. */
    private String lend() throws Exception {
        Path script = directory.resolve("lender.py");
        Files.writeString(script, LENDER);
        return there("python3 " + script + " volumes");
    }

    /** What a shell in the other namespace prints. */
    private String there(String script) throws Exception {
        return Shell.in(
                directory,
                "nsenter -t %d -m sh -c 'cd %s; %s' 2>&1".formatted(app.pid(), directory, script));
    }

    @Test
    void theyAreThereAsTheTargetHasThemAndChangeWithIt() throws Exception {
        open(FileVolumes.WRITE, "config", "data");
        assertThat(lend()).isEqualTo("0 ");
        assertThat(there("cp -a config /tmp/copy.$$; cat /tmp/copy.$$/key; rm -r /tmp/copy.$$"))
                .isEqualTo("value\n");
        assertThat(there("echo x >config/key")).contains("Read-only file system");
        assertThat(there("echo new >data/key; cat data/key")).isEqualTo("new\n");
        assertThat(target.root.resolve(relative("data/key"))).hasContent("new\n");

        Files.writeString(target.root.resolve(relative("config/key")), "another\n");
        long changed = System.nanoTime();
        while (!there("cat config/key").equals("another\n")) {
            assertThat(Duration.ofNanos(System.nanoTime() - changed)).isLessThan(ofASecond());
        }
        assertThat(directory.resolve("config")).isEmptyDirectory();
    }

    private static Duration ofASecond() {
        return Duration.ofMillis(2000); // the answer's own way included
    }

    @Test
    void whoLendsTwiceHasThemOnce() throws Exception {
        open(FileVolumes.READ, "config", "data");
        assertThat(lend()).isEqualTo("0 ");
        assertThat(lend()).isEqualTo("0 ");
        assertThat(there("grep -c ro,.*fuse.mirrord /proc/self/mountinfo").strip()).isEqualTo("2");
        assertThat(there("echo x >data/key")).contains("Read-only file system");
    }

    @Test
    void withoutTheAgentThereIsAnErrorAndNothingHangs() throws Exception {
        open(FileVolumes.READ, "data");
        assertThat(lend()).isEqualTo("0 ");
        target.disconnect();
        assertThat(there("cat data/other")).contains("Input/output error");
        target.connect();
        assertThat(there("cat data/key")).isEqualTo("value\n");
    }

    @Test
    void withoutTheAgentNothingIsMountedAndThatIsSaid() throws Exception {
        open(FileVolumes.READ, "data");
        target.disconnect();
        assertThat(lend())
                .startsWith("1 mirrord: cannot mount the target's volume ")
                .contains("in the target: EIO");
    }

    @Test
    void afterADeadSidecarTheyAreMountedAnew() throws Exception {
        open(FileVolumes.READ, "config", "data");
        assertThat(lend()).isEqualTo("0 ");
        target.close();
        assertThat(there("cat config/key")).contains("Transport endpoint is not connected");
        target = target();
        Files.deleteIfExists(directory.resolve("volumes"));
        open(FileVolumes.READ, "config", "data");
        assertThat(lend()).isEqualTo("0 ");
        assertThat(there("cat config/key; grep -c ro,.*fuse.mirrord /proc/self/mountinfo"))
                .isEqualTo("value\n2\n");
    }

    @Test
    void whoLendsNothingIsLetGo() throws IOException, InterruptedException {
        open(FileVolumes.READ, "config");
        Process silent =
                new ProcessBuilder(
                                "python3",
                                "-c",
                                "import socket, sys; own = socket.socket(socket.AF_UNIX,"
                                        + " socket.SOCK_SEQPACKET); own.connect(sys.argv[1]);"
                                        + " own.send(b'x'); print(own.recv(1000))",
                                directory.resolve("volumes").toString())
                        .redirectErrorStream(true)
                        .start();
        assertThat(silent.inputReader().readLine()).contains("no descriptor: EINVAL");
        assertThat(silent.waitFor()).isZero();
    }
}
