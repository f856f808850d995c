package dev.mirrord.sidecar.files;

import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.fuse.FuseDevice;
import dev.mirrord.protocol.tunnel.Tunnel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The requests that a kernel would make, without one: the class cache shall hold what a session
 * needs for files.
 */
public final class Training {
    private static final int ROUNDS = 1500;
    private static final int PAUSE_EVERY = 50;
    private static final int PATIENCE_MILLIS = 300;
    private static final int HEADER = 40;
    private static final int LOOKUP = 1;
    private static final int GET_ATTRIBUTES = 3;
    private static final int OPEN = 14;
    private static final int READ = 15;
    private static final int RELEASE = 18;
    private static final int OPEN_DIRECTORY = 27;
    private static final int READ_DIRECTORY = 44;
    private static final int PAGE = 4096;

    private final ByteBuffer request =
            ByteBuffer.allocateDirect(PAGE).order(ByteOrder.nativeOrder());
    private final TargetFileSystem system;

    private Training(TargetFileSystem system) {
        this.system = system;
    }

    /** Asks the agent behind {@code tunnels}. */
    public static void run(Supplier<Optional<Tunnel>> tunnels)
            throws ErrnoException, InterruptedException {
        try (FuseDevice device = FuseDevice.unmounted()) {
            FuseOutput output = new FuseOutput(device);
            NodeTree tree = new NodeTree();
            AgentFiles agent = new AgentFiles(tunnels, _ -> {});
            HardLinks links = new HardLinks(tree, output);
            Services services =
                    new Services(tree, agent, output, links, new NodeLimit(tree, output));
            Training training = new Training(new TargetFileSystem(services));
            for (int round = 0; round < ROUNDS; round++) {
                training.round(round);
                if (round % PAUSE_EVERY == 0) {
                    // Answers come in meanwhile.
                    Thread.sleep(2);
                }
            }
            Thread.sleep(PATIENCE_MILLIS);
        }
    }

    /** Numbers of nodes and handles are given one after the other: those asked for come up. */
    private void round(int round) {
        byte[] name = ("f" + round % 500).getBytes(StandardCharsets.UTF_8);
        handle(LOOKUP, NodeTree.ROOT, body().put(name).put((byte) 0));
        handle(GET_ATTRIBUTES, round, body().putLong(0).putLong(0));
        handle(OPEN, round, body().putInt(0).putInt(0));
        handle(READ, round, body().putLong(round).putLong(0).putInt(PAGE).putInt(0).putLong(0));
        handle(RELEASE, round, body().putLong(round));
        if (round % PAUSE_EVERY == 0) {
            int directory = round / PAUSE_EVERY;
            handle(OPEN_DIRECTORY, NodeTree.ROOT, body().putLong(0));
            handle(
                    READ_DIRECTORY,
                    NodeTree.ROOT,
                    body().putLong(directory).putLong(0).putInt(PAGE).putInt(0));
        }
    }

    private ByteBuffer body() {
        return request.clear().position(HEADER);
    }

    private void handle(int opcode, long node, ByteBuffer filled) {
        int length = filled.position();
        request.putInt(0, length).putInt(4, opcode).putLong(8, 1).putLong(16, node);
        system.handle(new FuseInput(request, length));
    }
}
