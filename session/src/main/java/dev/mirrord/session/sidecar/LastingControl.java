package dev.mirrord.session.sidecar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The conversation with a sidecar whose process may die: its PID 1 starts it again, it is dialled
 * again, and what it was told is told anew.
 *
 * <pre>
 *   answers --connection ends--&gt; dialled again --it answers--&gt; answers
 *                                   '--container gone, or 20 s--&gt; over: the listener's onClosed
 *   answers --end or abort sent--&gt; over at the connection's end
 * </pre>
 */
public final class LastingControl implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Set<String> LAST_WORDS = Set.of("end", "abort");

    private final Dial dial;
    private final ControlListener listener;
    private final Runnable resumed;
    private final List<ObjectNode> told = new ArrayList<>();
    private @Nullable SidecarControl current;
    private boolean over;
    private boolean lost;
    private long lostAt;

    /** The way to the sidecar. */
    public interface Dial {
        /** A new connection; that it leads nowhere shows by its end. */
        SidecarControl dial(ControlListener listener);

        /** False when there is nobody to be dialled any more. */
        boolean isSidecarAlive();
    }

    /**
     * @param resumed run each time that a restarted sidecar has its connections again
     */
    public LastingControl(Dial dial, ControlListener listener, Runnable resumed) {
        this.dial = dial;
        this.listener = listener;
        this.resumed = resumed;
    }

    /** Dials for the first time. */
    public LastingControl open() {
        synchronized (this) {
            current = dial.dial(new Connection());
        }
        return this;
    }

    /**
     * Says something, and again to each process that follows; a process that is just being started
     * hears it as soon as it answers.
     */
    public synchronized void send(ObjectNode message) throws IOException {
        remember(message);
        over |= LAST_WORDS.contains(message.path("type").asText());
        if (current == null) {
            throw new IOException("it was never dialled");
        }
        try {
            current.send(message);
        } catch (IOException e) {
            if (over || !dial.isSidecarAlive()) {
                throw e;
            }
        }
    }

    /** A process that follows need not hear of an agent that has gone. */
    private void remember(ObjectNode message) {
        if (!message.path("type").asText().equals("agentGone")) {
            told.add(message);
            return;
        }
        told.removeIf(earlier -> earlier.path("agent").equals(message.path("agent")));
    }

    @Override
    public synchronized void close() {
        over = true;
        if (current != null) {
            current.close();
        }
    }

    private void heard(String type, JsonNode message) {
        boolean again;
        synchronized (this) {
            over |= type.equals("failed");
            again = lost && type.equals("connected");
            if (again) {
                lost = false;
            }
        }
        if (again) {
            resumed.run();
        }
        listener.onMessage(type, message);
    }

    /** On the thread that has read to the connection's end. */
    private void ended() {
        boolean first;
        synchronized (this) {
            first = !lost;
            if (first) {
                lost = true;
                lostAt = System.nanoTime();
            }
        }
        if (!first) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        boolean goesOn = false;
        try {
            goesOn = redial();
        } finally {
            if (!goesOn) {
                listener.onClosed();
            }
        }
    }

    private boolean redial() {
        boolean alive = dial.isSidecarAlive();
        synchronized (this) {
            if (over || !alive || System.nanoTime() - lostAt > PATIENCE_NANOS) {
                return false;
            }
            if (current != null) {
                current.close();
            }
            SidecarControl next = dial.dial(new Connection());
            current = next;
            try {
                for (ObjectNode message : told) {
                    next.send(message);
                }
            } catch (IOException e) {
                // This connection has ended too: its reader goes on from here.
            }
            return true;
        }
    }

    private final class Connection implements ControlListener {
        @Override
        public void onMessage(String type, JsonNode message) {
            heard(type, message);
        }

        @Override
        public void onClosed() {
            ended();
        }
    }
}
