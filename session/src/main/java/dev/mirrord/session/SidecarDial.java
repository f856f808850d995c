package dev.mirrord.session;

import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.engine.ExecStream;
import dev.mirrord.session.sidecar.ControlListener;
import dev.mirrord.session.sidecar.ControlServer;
import dev.mirrord.session.sidecar.LastingControl;
import dev.mirrord.session.sidecar.SidecarControl;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * The way to the sidecar. It comes to a socket of this host, unless the first of its processes does
 * not: then the engine's exec leads to it. Belongs to one {@link LastingControl}.
 */
final class SidecarDial implements LastingControl.Dial {
    /** Between the container's start and its PID 1's call; in vain with an engine in a VM. */
    private static final long COMING_MILLISECONDS = 500;

    private final EngineSide engine;
    private final SessionLog log;
    private boolean comes;

    SidecarDial(EngineSide engine, SessionLog log) {
        this.engine = engine;
        this.log = log;
    }

    @Override
    public SidecarControl dial(ControlListener listener) {
        Optional<ControlServer.Arrival> arrival = engine.arrival(COMING_MILLISECONDS);
        if (arrival.isPresent()) {
            comes = true;
            log.line("control connection opened", "way", "socket");
            return arrival.get().start(listener);
        }
        if (comes) {
            // Its PID 1 waits before it starts another process.
            return SidecarControl.start(
                    InputStream.nullInputStream(),
                    OutputStream.nullOutputStream(),
                    listener,
                    () -> {});
        }
        engine.awaitNobody();
        ExecStream exec = engine.relay("control");
        log.line("control connection opened", "way", "exec");
        return SidecarControl.start(exec.input(), exec.output(), listener, exec::close);
    }

    @Override
    public boolean isSidecarAlive() {
        try {
            return engine.isSidecarRunning();
        } catch (EngineException e) {
            log.failure("the engine does not tell of the sidecar", e);
            return false;
        }
    }
}
