package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.PathBytes;
import dev.mirrord.sidecar.files.Node.Content;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The agent's side of files that are open: opened there, opened again after a loss, closed. */
final class OpenAtAgent {
    private static final int CHANGES_NAMES =
            OpenFlags.CREATE | OpenFlags.EXCLUSIVE | OpenFlags.TRUNCATE;

    private final Services services;
    private final SmallFiles small;

    OpenAtAgent(Services services, SmallFiles small) {
        this.services = services;
        this.small = small;
    }

    void open(OpenFile file, int flags, Runnable done, IntConsumer failed) {
        Node node = file.node;
        Optional<PathBytes> path = services.tree().path(node);
        Optional<FilesWay> way = services.agent().way();
        if (path.isEmpty() || way.isEmpty()) {
            failed.accept(path.isEmpty() ? Errno.ESTALE : Errno.EIO);
            return;
        }
        long asked = System.nanoTime();
        FileRequest request =
                new FileRequest.Open(
                        path.get(),
                        flags & ~(OpenFlags.CREATE | OpenFlags.EXCLUSIVE),
                        0,
                        file.isReadOnly() ? SmallFiles.SMALL : 0);
        way.get()
                .ask(
                        request,
                        Parsed.of(
                                body -> {
                                    FileAttributes attributes =
                                            opened(file, way.get(), body, asked);
                                    if (attributes == null) {
                                        failed.accept(Errno.ESTALE);
                                    } else {
                                        done.run();
                                    }
                                },
                                failed));
    }

    /** Reads the agent's answer to an open; null when its path stands for another file now. */
    private @Nullable FileAttributes opened(OpenFile file, FilesWay way, ByteBuf body, long asked) {
        int handle = body.readInt();
        FileAttributes attributes = FileAttributes.read(body);
        int contains = body.readByte();
        Node node = file.node;
        if (!node.attributes.isSameFile(attributes)) {
            way.ask(new FileRequest.Close(handle), new Forgotten());
            return null;
        }
        synchronized (file) {
            file.way = way;
            file.handle = handle;
            file.direct = contains == 2;
            file.content = null;
            if (contains == 1) {
                byte[] bytes = new byte[body.readableBytes()];
                body.readBytes(bytes);
                file.content = new Content(attributes, bytes);
            }
        }
        synchronized (services.tree()) {
            node.learn(attributes, PathBytes.ROOT, asked);
        }
        Content content = file.content;
        if (content != null) {
            small.keep(node, content);
        }
        return attributes;
    }

    /** Runs {@code then} when the agent has the file open, again if need be. */
    void with(OpenFile file, Runnable then, IntConsumer failed) {
        if (file.isOpenAtAgent()) {
            then.run();
            return;
        }
        synchronized (file) {
            closeAhead(file);
            file.way = null;
        }
        open(file, file.flags & ~CHANGES_NAMES, then, failed);
    }

    void close(OpenFile file) {
        FilesWay way;
        synchronized (file) {
            way = file.way;
            file.way = null;
            closeAhead(file);
        }
        if (way != null && way.isUsable()) {
            way.ask(new FileRequest.Close(file.handle), new Forgotten());
        }
    }

    private static void closeAhead(OpenFile file) {
        if (file.ahead != null) {
            file.ahead.close();
            file.ahead = null;
        }
    }

    /** Nobody waits for it. */
    private static final class Forgotten implements Answer {
        @Override
        public void part(ByteBuf body, boolean more) {}

        @Override
        public void failed(int errno) {}
    }
}
