package dev.mirrord.sidecar.launcher;

import dev.mirrord.config.environment.Operation;
import dev.mirrord.config.files.FileEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Messages to launchers (docs/protocol.md, section 2). */
final class LauncherMessages {
    private static final int CONTEXT = 1;
    private static final int ABORT = 2;
    private static final int END = 3;
    private static final int FILES = 4;
    private static final int TWO_TREES = 128;
    private static final int VOLUMES = 5;

    private LauncherMessages() {}

    static ByteBuf context(List<Operation> operations) {
        ByteBuf payload = Unpooled.buffer();
        for (Operation operation : operations) {
            byte[] bytes = operation.bytes();
            payload.writeByte(operation.code()).writeInt(bytes.length).writeBytes(bytes);
        }
        return message(CONTEXT, payload);
    }

    static ByteBuf abort(int exitCode, String text) {
        return message(
                ABORT,
                Unpooled.buffer()
                        .writeByte(exitCode)
                        .writeBytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    static ByteBuf end(String text) {
        return message(END, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    /** All but the last bytes of the message, each of which carries the descriptor of a tree. */
    static ByteBuf files(FileEngine engine, byte[] policy, int trees) {
        int carriers = Math.max(1, trees);
        return Unpooled.wrappedBuffer(
                Unpooled.buffer(6)
                        .writeByte(FILES)
                        .writeInt(1 + policy.length + carriers)
                        .writeByte(engine.code() | (carriers == 2 ? TWO_TREES : 0)),
                Unpooled.wrappedBuffer(policy));
    }

    /** What follows {@link #files} where there is no tree. */
    static ByteBuf noTree() {
        return Unpooled.wrappedBuffer(new byte[1]);
    }

    /** The target's volumes are to be asked for. */
    static ByteBuf volumes() {
        return message(VOLUMES, Unpooled.EMPTY_BUFFER);
    }

    private static ByteBuf message(int type, ByteBuf payload) {
        ByteBuf head = Unpooled.buffer(5).writeByte(type).writeInt(payload.readableBytes());
        return Unpooled.wrappedBuffer(head, payload);
    }
}
