package dev.mirrord.agent.files;

import dev.mirrord.protocol.files.FileAnswer;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers on their way out. Threads that do file operations hand them in and wait while too much of
 * what they made has not left; the stream's event loop sends as its window allows.
 */
final class Answers {
    /** Bytes. */
    private static final int MOST_WAITING = 6 << 20;

    private static final int WHEN_CLOSED = 1 << 30;

    private final TunnelStream stream;
    private final Semaphore room = new Semaphore(MOST_WAITING);
    private final Queue<ByteBuf> made = new ConcurrentLinkedQueue<>();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicBoolean collecting = new AtomicBoolean();
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();

    Answers(TunnelStream stream) {
        this.stream = stream;
    }

    /** A message with its header and room for {@code bytes}, in direct memory. */
    static ByteBuf message(int id, boolean more, int errno, int bytes) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(FileAnswer.HEADER + bytes);
        return new FileAnswer(id, more, errno).write(buffer);
    }

    /** Sends a message; from every thread but an event loop. */
    void send(ByteBuf message) {
        int bytes = message.readableBytes();
        room.acquireUninterruptibly(bytes);
        made.add(message);
        collectSoon();
    }

    /** A request of so many bytes needs them no more; any thread. */
    void done(int bytes) {
        done.addAndGet(bytes);
        collectSoon();
    }

    /** Many threads, one turn of the event loop. */
    private void collectSoon() {
        if (collecting.compareAndSet(false, true)) {
            stream.eventLoop().execute(this::collect);
        }
    }

    private void collect() {
        collecting.set(false);
        int bytes = done.getAndSet(0);
        if (bytes > 0) {
            stream.consumed(bytes);
        }
        for (ByteBuf message = made.poll(); message != null; message = made.poll()) {
            waiting.add(message);
        }
        drain();
    }

    void fail(int id, int errno) {
        send(message(id, false, errno, 0));
    }

    /** On the event loop: sends what the window allows. */
    void drain() {
        while (!waiting.isEmpty() && (stream.isWritable() || stream.isClosed())) {
            ByteBuf message = waiting.remove();
            room.release(message.readableBytes());
            stream.writeMessage(message);
        }
    }

    /** On the event loop: nobody has to wait any more. */
    void close() {
        room.release(WHEN_CLOSED);
        drain();
    }
}
