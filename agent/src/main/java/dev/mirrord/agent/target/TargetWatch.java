package dev.mirrord.agent.target;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.namespace.ProcessDescriptor;

/** Waits, on a thread of its own, for the end of the target's first process. */
public final class TargetWatch {
    private static final long FIRST_MILLIS = 2_000;

    private TargetWatch() {}

    /** Starts the thread; {@code ended} runs on it. */
    public static void start(long pid, Runnable ended) {
        Thread.ofPlatform().name("target-watch").daemon().start(() -> watch(pid, ended));
    }

    private static void watch(long pid, Runnable ended) {
        try {
            // At first the session needs the processor more: linking system calls takes 40 ms of
            // it.
            Thread.sleep(FIRST_MILLIS);
        } catch (InterruptedException e) {
            return;
        }
        try (ProcessDescriptor process = ProcessDescriptor.open(pid)) {
            process.awaitEnd();
            ended.run();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESRCH) {
                ended.run();
            } else {
                AgentLog.warn("cannot watch the target", "pid", pid, "why", e.getMessage());
            }
        }
    }
}
