package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.files.FileAnswer;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.FileRequestCodec;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.Tunnel;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of files: requests go out, answers find who asked. Handles of open files are the
 * stream's: they are gone when it is lost.
 */
final class FilesWay implements StreamListener {
    /** Longer than any file system of the target should need. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final int LOOK_SECONDS = 5;

    private final Tunnel tunnel;
    private final Consumer<String> refused;
    private final IntObjectMap<Waiting> waiting = new IntObjectHashMap<>();
    private final Queue<ByteBuf> outgoing = new ArrayDeque<>();
    private @Nullable TunnelStream stream;
    private int next;
    private volatile boolean lost;

    private record Waiting(Answer answer, long since) {}

    FilesWay(Tunnel tunnel, Consumer<String> refused) {
        this.tunnel = tunnel;
        this.refused = refused;
    }

    boolean isUsable() {
        return !lost && tunnel.isReady();
    }

    void ask(FileRequest request, Answer answer) {
        ask(request, Unpooled.EMPTY_BUFFER, answer);
    }

    /** Asks from any thread; ownership of {@code data}, which follows the request, passes. */
    void ask(FileRequest request, ByteBuf data, Answer answer) {
        ByteBuf message = PooledByteBufAllocator.DEFAULT.buffer(128 + data.readableBytes());
        FileRequestCodec.write(message.writeInt(0), request).writeBytes(data);
        data.release();
        if (tunnel.eventLoop().inEventLoop()) {
            send(message, answer);
        } else {
            tunnel.eventLoop().execute(() -> send(message, answer));
        }
    }

    private void send(ByteBuf message, Answer answer) {
        if (lost) {
            message.release();
            answer.failed(Errno.EIO);
            return;
        }
        if (stream == null) {
            stream = tunnel.open(StreamKind.FILES, Unpooled.EMPTY_BUFFER, this);
            look();
        }
        int id = next++;
        waiting.put(id, new Waiting(answer, System.nanoTime()));
        outgoing.add(message.setInt(message.readerIndex(), id));
        drain(stream);
    }

    private void drain(TunnelStream to) {
        while (!outgoing.isEmpty() && to.isWritable()) {
            to.writeMessage(outgoing.remove());
        }
    }

    /** Nobody waits for ever, whatever hangs at the other end. */
    private void look() {
        tunnel.eventLoop().schedule(this::giveUpOld, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private void giveUpOld() {
        if (lost) {
            return;
        }
        long now = System.nanoTime();
        new ArrayList<>(waiting.entrySet())
                .forEach(
                        each -> {
                            if (now - each.getValue().since() > PATIENCE_NANOS) {
                                waiting.remove(each.getKey());
                                each.getValue().answer().failed(Errno.EIO);
                            }
                        });
        look();
    }

    @Override
    public void onData(TunnelStream from, ByteBuf message) {
        from.consumed(message.readableBytes());
        try {
            FileAnswer head = FileAnswer.read(message);
            Waiting asked =
                    head.more() && head.errno() == 0
                            ? waiting.get(head.id())
                            : waiting.remove(head.id());
            if (asked == null) {
                return;
            }
            if (head.errno() == 0) {
                asked.answer().part(message, head.more());
            } else {
                asked.answer().failed(head.errno());
            }
        } finally {
            message.release();
        }
    }

    @Override
    public void onWritabilityChanged(TunnelStream from) {
        drain(from);
    }

    @Override
    public void onRefuse(TunnelStream from, int errno, String text) {
        refused.accept(text);
        onReset(from, errno);
    }

    @Override
    public void onEnd(TunnelStream from) {
        from.end();
        onReset(from, 0);
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        lost = true;
        outgoing.forEach(ByteBuf::release);
        outgoing.clear();
        ArrayList<Waiting> all = new ArrayList<>(waiting.values());
        waiting.clear();
        all.forEach(each -> each.answer().failed(Errno.EIO));
    }
}
