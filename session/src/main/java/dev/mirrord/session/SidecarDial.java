package dev.mirrord.session;

import dev.mirrord.session.docker.EngineException;
import dev.mirrord.session.docker.engine.ExecStream;
import dev.mirrord.session.sidecar.ControlListener;
import dev.mirrord.session.sidecar.LastingControl;
import dev.mirrord.session.sidecar.SidecarControl;

/** Reaches the sidecar's control socket through the engine. */
record SidecarDial(EngineSide engine, SessionLog log) implements LastingControl.Dial {
    @Override
    public SidecarControl dial(ControlListener listener) {
        ExecStream exec = engine.relay("control");
        log.line("control connection opened");
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
