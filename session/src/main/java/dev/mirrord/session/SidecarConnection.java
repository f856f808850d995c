package dev.mirrord.session;

import dev.mirrord.session.docker.engine.ExecStream;
import dev.mirrord.session.sidecar.ControlListener;
import dev.mirrord.session.sidecar.SidecarControl;

/**
 * The control connection with the process that carries it. Its end is the session's end for the
 * sidecar.
 */
record SidecarConnection(SidecarControl control, ExecStream exec) implements AutoCloseable {
    static SidecarConnection open(EngineSide engine, ControlListener listener, SessionLog log) {
        ExecStream exec = engine.relay("control");
        log.line("control connection opened");
        return new SidecarConnection(
                SidecarControl.start(exec.input(), exec.output(), listener), exec);
    }

    @Override
    public void close() {
        control.close();
        exec.close();
    }
}
