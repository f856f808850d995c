package dev.mirrord.session.kubernetes.cluster;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Connections between two requests. One that has been idle for longer than middle boxes are known
 * to keep is not used again: it would look alive and swallow the request.
 */
final class IdleConnections {

    private static final long LONGEST_NANOS = Duration.ofSeconds(20).toNanos();

    private record Idle(Channel channel, long since) {}

    private final Deque<Idle> connections = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    @Nullable Channel take() {
        lock.lock();
        try {
            for (Idle idle = connections.pollFirst(); idle != null; ) {
                if (idle.channel().isActive() && System.nanoTime() - idle.since() < LONGEST_NANOS) {
                    return idle.channel();
                }
                idle.channel().close();
                idle = connections.pollFirst();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    void give(Channel channel) {
        lock.lock();
        try {
            if (closed || !channel.isActive()) {
                channel.close();
            } else {
                connections.addFirst(new Idle(channel, System.nanoTime()));
            }
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            connections.forEach(idle -> idle.channel().close());
            connections.clear();
        } finally {
            lock.unlock();
        }
    }
}
