package dev.mirrord.sidecar;

import dev.mirrord.sidecar.control.Control;
import dev.mirrord.sidecar.launcher.Launchers;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The end of this process: as soon as the launchers have gone, and in any case. */
final class Ending {
    private static final long PATIENCE_MILLISECONDS = 12_000;
    private static final long PERIOD_MILLISECONDS = 20;

    private final long started = System.nanoTime();
    private final AtomicBoolean begun = new AtomicBoolean();

    /** Milliseconds since the start. */
    long age() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    }

    /** Waits for the launchers on a thread of its own, then ends the process with 0. */
    void begin(Launchers launchers, Control control) {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        Thread.ofPlatform()
                .name("mirrord-end")
                .start(
                        () -> {
                            long limit = age() + PATIENCE_MILLISECONDS;
                            pause();
                            while (launchers.count() > 0 && age() < limit) {
                                pause();
                            }
                            Log.line("end", "launchers", launchers.count());
                            control.close();
                            pause();
                            exit(0);
                        });
    }

    /** Without shutdown hooks: there is nothing that the namespace's end does not end too. */
    static void exit(int code) {
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }

    /** The ordinary way: what is written at the end of a training run is written. */
    static void leave(int code) {
        System.exit(code);
    }

    private static void pause() {
        try {
            Thread.sleep(PERIOD_MILLISECONDS);
        } catch (InterruptedException e) {
            exit(0);
        }
    }
}
