package dev.mirrord.sidecar.control;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.Poll;
import dev.mirrord.linux.socket.UnixSockets;
import dev.mirrord.sidecar.Log;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Who has connected to a listener and has not said anything yet; one thread for all. Nobody waits
 * for another, nobody for ever, and there is room for a limited number: the oldest goes first.
 */
public final class WaitingRoom implements Runnable {
    private static final int ROOM = 256;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** When no descriptor can be had, the connections wait in the listener's queue meanwhile. */
    private static final long CLOSED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final int listener;
    private final IntConsumer spoke;
    private final Deque<Guest> guests = new ArrayDeque<>();
    private long closedUntil = System.nanoTime();
    private boolean told;

    private record Guest(int fd, long until) {}

    /**
     * @param listener that does not block
     * @param spoke takes a descriptor from which something can be read
     */
    public WaitingRoom(int listener, IntConsumer spoke) {
        this.listener = listener;
        this.spoke = spoke;
    }

    @Override
    public void run() {
        while (true) {
            step();
        }
    }

    private void step() {
        long now = System.nanoTime();
        int silent = 0;
        while (!guests.isEmpty() && (guests.peek().until - now <= 0 || guests.size() > ROOM)) {
            Descriptors.close(guests.remove().fd);
            silent++;
        }
        if (silent > 0) {
            Log.line("unix sockets that said nothing", "count", silent);
        }
        boolean open = closedUntil - now <= 0;
        List<Guest> waiting = new ArrayList<>(guests);
        int[] descriptors = new int[waiting.size() + (open ? 1 : 0)];
        for (int i = 0; i < waiting.size(); i++) {
            descriptors[i] = waiting.get(i).fd;
        }
        if (open) {
            descriptors[waiting.size()] = listener;
        }
        BitSet ready;
        try {
            ready = Poll.readable(descriptors, patience(now, open));
        } catch (ErrnoException e) {
            tell(e.errno());
            LockSupport.parkNanos(CLOSED_NANOS);
            return;
        }
        for (int i = 0; i < waiting.size(); i++) {
            if (ready.get(i)) {
                guests.remove(waiting.get(i));
                hear(waiting.get(i).fd);
            }
        }
        if (ready.get(waiting.size())) {
            accept();
        }
    }

    private void hear(int fd) {
        try {
            spoke.accept(fd);
        } catch (RuntimeException e) {
            Log.line("cannot serve a unix socket", "why", e);
        }
    }

    private long patience(long now, boolean open) {
        long nanos = open ? Long.MAX_VALUE : closedUntil - now;
        return guests.isEmpty() ? nanos : Math.min(nanos, guests.peek().until - now);
    }

    private void accept() {
        int fd = UnixSockets.accept(listener);
        if (fd >= 0) {
            guests.add(new Guest(fd, System.nanoTime() + PATIENCE_NANOS));
            told = false;
        } else if (fd != -Errno.EAGAIN && fd != -Errno.EINTR) {
            closedUntil = System.nanoTime() + CLOSED_NANOS;
            tell(-fd);
        }
    }

    private void tell(int errno) {
        if (!told) {
            told = true;
            Log.line("cannot accept a unix socket", "why", Errno.name(errno));
        }
    }
}
