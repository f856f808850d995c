package dev.mirrord.sidecar.watch;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.Sockets;
import dev.mirrord.linux.socket.UnixSockets;
import dev.mirrord.linux.socket.UnixSockets.Passed;
import dev.mirrord.sidecar.Log;
import dev.mirrord.sidecar.SidecarFailure;
import dev.mirrord.sidecar.control.WaitingRoom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/**
 * Where the app's processes, and the launcher for those that it supervises, ask for watches
 * (docs/protocol.md, section 2). Netty would make the descriptors that it receives non-blocking,
 * which the app would notice: they are its own.
 */
public final class WatchDoor {
    /** The byte that carries the descriptor, mask and length of the path. */
    private static final int HEAD = 7;

    private static final int MOST = HEAD + 4096;

    private final Supplier<Watches> watches;

    private WatchDoor(Supplier<Watches> watches) {
        this.watches = watches;
    }

    /**
     * Opens the socket; anybody in the app's container may connect.
     *
     * @param watches asked for with each question
     */
    public static void open(Path directory, Supplier<Watches> watches) {
        Path socket = directory.resolve("watch");
        try {
            Files.deleteIfExists(socket);
            int listener = UnixSockets.listen(socket.toString(), Sockets.SOCK_STREAM);
            UnixSockets.doNotBlock(listener);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
            WatchDoor door = new WatchDoor(watches);
            Thread.ofPlatform()
                    .name("unix-watch")
                    .daemon()
                    .start(new WaitingRoom(listener, door::asked));
        } catch (IOException e) {
            throw new SidecarFailure(
                    "the sidecar cannot open " + socket + ": " + e.getMessage(), e);
        }
    }

    /** Who asks sends it all at once, and it is small: it is here as a whole, or is no question. */
    private void asked(int fd) {
        try {
            Passed passed = UnixSockets.receivePassed(fd, MOST);
            ByteBuffer question = ByteBuffer.wrap(passed.octets());
            if (passed.descriptor() < 0
                    || question.remaining() < HEAD
                    || question.remaining() != HEAD + Short.toUnsignedInt(question.getShort(5))) {
                Log.line("not a question for a watch", "octets", question.remaining());
                if (passed.descriptor() >= 0) {
                    Descriptors.close(passed.descriptor());
                }
                Descriptors.close(fd);
                return;
            }
            byte[] path = new byte[question.remaining() - HEAD];
            question.get(HEAD, path);
            watches.get()
                    .add(
                            passed.descriptor(),
                            question.getInt(1),
                            path,
                            result -> answer(fd, result));
        } catch (ErrnoException e) {
            Descriptors.close(fd);
        }
    }

    private static void answer(int fd, int result) {
        UnixSockets.send(
                fd,
                ByteBuffer.allocate(6)
                        .putShort((short) (result < 0 ? -result : 0))
                        .putInt(result)
                        .array());
        Descriptors.close(fd);
    }
}
