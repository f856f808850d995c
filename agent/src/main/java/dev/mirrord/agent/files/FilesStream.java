package dev.mirrord.agent.files;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.target.Capabilities;
import dev.mirrord.agent.target.Target;
import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.FileUser;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.FileRequestCodec;
import dev.mirrord.protocol.tunnel.DeafListener;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.OptionalInt;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One stream of files: hands each request to a thread, sends the answers.
 *
 * <pre>
 *   open --threads are the target's user--&gt; accepted --END, RESET--&gt; threads and open files end
 *     '----they cannot be--&gt; refused
 * </pre>
 */
public final class FilesStream implements StreamListener {
    private final TunnelStream stream;
    private final int root;
    private final FileThreads threads;
    private final Answers answers;
    private final OpenFiles open = new OpenFiles();
    private final Queue<ByteBuf> early = new ArrayDeque<>();
    private boolean started;
    private boolean closed;

    private FilesStream(TunnelStream stream, int root, FileUser user) {
        this.stream = stream;
        this.root = root;
        this.threads = new FileThreads(user);
        this.answers = new Answers(stream);
    }

    public static StreamListener open(TunnelStream stream, Target target) throws IOException {
        if (target.pid().isEmpty()) {
            stream.refuse(Errno.EOPNOTSUPP, "there is no target whose files could be used");
            return new DeafListener();
        }
        String path = target.proc("root").toString();
        int root =
                FileCalls.open(
                        path.getBytes(StandardCharsets.UTF_8),
                        OpenFlags.PATH | OpenFlags.DIRECTORY);
        if (root < 0) {
            stream.refuse(
                    -root,
                    root == -Errno.EACCES || root == -Errno.EPERM
                            ? Capabilities.own().whyUnreadable(path)
                            : "cannot open %s: %s".formatted(path, Errno.name(-root)));
            return new DeafListener();
        }
        FileUser user = TargetUser.of(target);
        AgentLog.info("files", "uid", user.uid(), "gid", user.gid());
        FilesStream files = new FilesStream(stream, root, user);
        files.threads
                .ready()
                .whenComplete(
                        (_, error) -> stream.eventLoop().execute(() -> files.started(user, error)));
        return files;
    }

    private void started(FileUser user, @Nullable Throwable error) {
        if (error == null) {
            started = true;
            stream.accept();
            for (ByteBuf each = early.poll(); each != null; each = early.poll()) {
                onData(stream, each);
            }
            return;
        }
        stream.refuse(
                Errno.EPERM,
                ("cannot use files as the target's user %d:%d (%s): the agent lacks the"
                                + " capability SETUID or SETGID")
                        .formatted(user.uid(), user.gid(), error.getCause()));
        close();
    }

    @Override
    public void onData(TunnelStream from, ByteBuf message) {
        if (closed) {
            message.release();
            return;
        }
        if (!started) {
            early.add(message);
            return;
        }
        int bytes = message.readableBytes();
        try {
            int id = message.readInt();
            FileRequest request = FileRequestCodec.read(message);
            FileThreads.Task task =
                    scratch -> {
                        perform(id, request, message, scratch);
                        message.release();
                        answers.done(bytes);
                    };
            OptionalInt handle = OpenFiles.handleOf(request);
            if (handle.isPresent()) {
                threads.submit(handle.getAsInt(), task);
            } else {
                threads.submit(task);
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            message.release();
            AgentLog.warn("malformed request for files", "why", e.getMessage());
            from.reset(Errno.EINVAL);
            close();
        }
    }

    private void perform(int id, FileRequest request, ByteBuf data, Scratch scratch) {
        try {
            new FileOperation(root, open, answers, scratch, id).perform(request, data);
        } catch (RuntimeException e) {
            AgentLog.warn("cannot serve a file operation", "why", e);
            answers.fail(id, Errno.EIO);
        }
    }

    @Override
    public void onWritabilityChanged(TunnelStream from) {
        answers.drain();
    }

    @Override
    public void onEnd(TunnelStream from) {
        from.end();
        close();
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        close();
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        early.forEach(ByteBuf::release);
        early.clear();
        answers.close();
        threads.close(
                () -> {
                    open.closeAll();
                    Descriptors.close(root);
                });
    }
}
