package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.fuse.FuseDevice;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.sidecar.Log;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The mounted file system. Whoever opens files below the mount point in this process has to do so
 * on a thread of its own, never on an event loop: the answer may have to come through that loop.
 */
public final class TargetFiles implements AutoCloseable {
    private static final int THREADS = 3;

    /** Of a request: the largest write and what precedes it. */
    private static final int BUFFER = (1 << 20) + 64 * 1024;

    private final FuseDevice device;
    private final FuseOutput output;
    private final TargetFileSystem system;
    private final Services services;

    private TargetFiles(FuseDevice device, Services services) {
        this.device = device;
        this.output = services.kernel();
        this.system = new TargetFileSystem(services);
        this.services = services;
    }

    /**
     * Mounts; what is opened is asked of the agent from now on.
     *
     * @param notice takes a sentence for the user
     * @throws IOException a sentence: the device or the capability is missing
     */
    public static TargetFiles mount(
            Path mountPoint, Supplier<Optional<Tunnel>> tunnels, Consumer<String> notice)
            throws IOException {
        FuseDevice device;
        try {
            makeDirectory(mountPoint);
            device = FuseDevice.mount(mountPoint, "mirrord");
        } catch (ErrnoException e) {
            throw new IOException(why(e), e);
        }
        AgentFiles agent = new AgentFiles(tunnels, notice);
        FuseOutput output = new FuseOutput(device);
        NodeTree tree = new NodeTree();
        HardLinks links = new HardLinks(tree, output);
        Services services = new Services(tree, agent, output, links, new NodeLimit(tree, output));
        TargetFiles files = new TargetFiles(device, services);
        for (int i = 0; i < THREADS; i++) {
            Thread.ofPlatform().name("files-" + (i + 1)).daemon().start(files::serve);
        }
        return files;
    }

    /** One that a killed predecessor left mounted cannot even be looked at. */
    private static void makeDirectory(Path mountPoint) throws IOException {
        try {
            Files.createDirectories(mountPoint);
        } catch (IOException e) {
            Log.line("mount point", "why", e);
        }
    }

    private static String why(ErrnoException e) {
        String start = "cannot mount the target's files in the sidecar: " + e.getMessage();
        return switch (e.errno()) {
            case Errno.ENOENT, Errno.ENODEV ->
                    start + ": the engine's kernel has no FUSE (modprobe fuse on its host)";
            case Errno.EPERM, Errno.EACCES ->
                    start
                            + ": the sidecar lacks SYS_ADMIN or the device /dev/fuse, or a security"
                            + " module of the engine's host forbids mounts";
            default -> start;
        };
    }

    /** What the agent sees now, without the memory that the mount has. */
    public TargetView view() {
        return new TargetView(services);
    }

    private void serve() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.nativeOrder());
        while (true) {
            int octets = device.read(buffer.clear());
            if (octets > 0) {
                handle(new FuseInput(buffer, octets));
            } else if (octets != -Errno.EINTR
                    && octets != -Errno.EAGAIN
                    && octets != -Errno.ENOENT) {
                return;
            }
        }
    }

    private void handle(FuseInput in) {
        try {
            system.handle(in);
        } catch (RuntimeException e) {
            Log.line("cannot serve a file operation", "operation", in.opcode(), "why", e);
            // One that has no answer is not known to the kernel: no harm.
            output.error(in.unique(), Errno.EIO);
        }
    }

    /** Unmounts. */
    @Override
    public void close() {
        device.close();
    }
}
