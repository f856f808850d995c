package dev.mirrord.sidecar.files;

import dev.mirrord.config.files.FileVolumes;
import dev.mirrord.config.files.TargetMount;
import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.socket.Sockets;
import dev.mirrord.linux.socket.UnixSockets;
import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.SidecarFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Where launchers lend the mount namespace of an app's container, to have the target's volumes
 * mounted in it (docs/protocol.md, section 2). A program does it (layer-native/src/attach.c): a
 * process with threads cannot go over, and one with this much in it should not.
 */
public final class VolumeDoor {
    private static final String PROGRAM = "/mirrord/attach";
    private static final int MOUNTED = 0;
    private static final int FAILED = 1;
    private static final long LEND_MILLIS = 1000;

    /** Longer than an operation waits for the agent, shorter than a launcher waits for us. */
    private static final long MOUNT_SECONDS = 30;

    /** What a launcher reads of an answer. */
    private static final int ANSWER = 16 * 1024;

    private final Path tree;
    private final List<TargetMount> volumes;
    private final boolean write;

    /**
     * @param tree where the target's files are mounted
     */
    public VolumeDoor(Path tree, List<TargetMount> volumes, FileVolumes how) {
        this.tree = tree;
        // One that is inside another comes after it.
        this.volumes = volumes.stream().sorted(Comparator.comparing(TargetMount::path)).toList();
        this.write = how == FileVolumes.WRITE;
    }

    /** Listens from now on; anybody in the app's container may connect. */
    public void open(Path socket) {
        try {
            Files.deleteIfExists(socket);
            int listener = UnixSockets.listen(socket.toString(), Sockets.SOCK_SEQPACKET);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
            Thread.ofPlatform().name("volumes").daemon().start(() -> accept(listener));
        } catch (IOException e) {
            throw new SidecarFailure(
                    "the sidecar cannot open " + socket + ": " + e.getMessage(), e);
        }
    }

    /** One after the other: two at a time could mount the same twice. */
    private void accept(int listener) {
        while (true) {
            int fd = UnixSockets.accept(listener);
            if (fd >= 0) {
                serve(fd);
                Descriptors.close(fd);
            }
        }
    }

    private void serve(int fd) {
        try {
            int namespace = UnixSockets.receiveDescriptor(fd, LEND_MILLIS);
            try {
                UnixSockets.send(fd, attach(namespace));
            } finally {
                Descriptors.close(namespace);
            }
        } catch (IOException e) {
            Log.line("volumes not mounted", "why", e.getMessage());
            UnixSockets.send(
                    fd,
                    answer(
                            FAILED,
                            "mirrord: the target's volumes cannot be mounted: "
                                    + e.getMessage()
                                    + "\n"));
        }
    }

    private byte[] attach(int namespace) throws IOException {
        long start = System.nanoTime();
        Process process =
                new ProcessBuilder(command(namespace))
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .start();
        int code = await(process);
        // It is less than a pipe holds.
        String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Log.line(
                "volumes",
                "code",
                code,
                "milliseconds",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                "said",
                words.strip());
        return answer(code == 0 ? MOUNTED : FAILED, words);
    }

    private static int await(Process process) throws IOException {
        try {
            if (!process.waitFor(MOUNT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the target does not answer");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private List<String> command(int namespace) {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("mirrord.attach", PROGRAM));
        command.add(tree.toString());
        command.add("/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace);
        for (TargetMount each : volumes) {
            // Kubernetes takes a path without a root, too.
            String path = each.path().startsWith("/") ? each.path() : "/" + each.path();
            command.add((write && !each.fixed() ? "w" : "r") + path);
        }
        return command;
    }

    private static byte[] answer(int code, String words) {
        byte[] text = words.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, ANSWER - 1);
        return ByteBuffer.allocate(1 + length).put((byte) code).put(text, 0, length).array();
    }
}
