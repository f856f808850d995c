package dev.mirrord.session.kubernetes.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Joins a forward with blocking streams. Towards {@code out} a queue that holds at most {@link
 * #QUEUED} bytes before the forward stops reading; from {@code in} the reader waits while the
 * forward cannot be written to.
 */
final class StreamJoin implements ForwardHandler.Receiver {

    private static final int QUEUED = 1024 * 1024;
    private static final int READ = 64 * 1024;

    /** Ends the queue: data is never empty. */
    private static final ByteBuf END = Unpooled.EMPTY_BUFFER;

    private final PortForwardChannel forward;
    private final InputStream in;
    private final OutputStream out;
    private final LinkedBlockingQueue<ByteBuf> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition writable = lock.newCondition();
    private boolean closed;

    StreamJoin(PortForwardChannel forward, InputStream in, OutputStream out) {
        this.forward = forward;
        this.in = in;
        this.out = out;
    }

    void start() {
        forward.join(this);
        Thread.ofPlatform().daemon().name("mirrord-forward-in").start(this::copyIn);
        Thread.ofPlatform().daemon().name("mirrord-forward-out").start(this::copyOut);
    }

    private void copyIn() {
        try {
            while (awaitWritable()) {
                byte[] bytes = new byte[READ];
                int length = in.read(bytes);
                if (length < 0) {
                    forward.end();
                    return;
                }
                forward.write(Unpooled.wrappedBuffer(bytes, 0, length));
                forward.flush();
            }
        } catch (IOException | InterruptedException broken) {
            forward.close();
        }
    }

    private boolean awaitWritable() throws InterruptedException {
        lock.lock();
        try {
            while (!closed && !forward.isWritable()) {
                writable.await();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void copyOut() {
        try (out) {
            for (ByteBuf bytes = queue.take(); bytes.isReadable(); ) {
                int length = bytes.readableBytes();
                try {
                    bytes.readBytes(out, length);
                } finally {
                    bytes.release();
                }
                if (queue.isEmpty()) {
                    out.flush();
                }
                if (queued.addAndGet(-length) < QUEUED / 2) {
                    forward.autoRead(true);
                }
                bytes = queue.take();
            }
        } catch (IOException | InterruptedException broken) {
            forward.close();
        }
    }

    @Override
    public void data(ByteBuf bytes) {
        int total = queued.addAndGet(bytes.readableBytes());
        queue.add(bytes);
        if (total >= QUEUED) {
            forward.autoRead(false);
            if (queued.get() < QUEUED / 2) {
                forward.autoRead(true);
            }
        }
    }

    @Override
    public void flush() {
        // the queue's reader flushes when it is empty
    }

    @Override
    public void end() {
        queue.add(END);
    }

    @Override
    public void writable(boolean now) {
        signal(false);
    }

    @Override
    public void closed() {
        queue.add(END);
        signal(true);
        try {
            in.close();
        } catch (IOException alreadyGone) {
            // its reader ends either way
        }
    }

    private void signal(boolean ending) {
        lock.lock();
        try {
            closed |= ending;
            writable.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
