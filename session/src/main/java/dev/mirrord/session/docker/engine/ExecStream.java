package dev.mirrord.session.docker.engine;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/**
 * The standard streams of a program inside a container. Closing the output is a half-close; closing
 * the stream ends the client's process, and the program inside then sees the end of its input.
 */
public final class ExecStream implements AutoCloseable {

    private final Process process;
    private final TailReader errors;

    ExecStream(Process process) {
        this.process = process;
        this.errors = TailReader.of(process.getErrorStream());
    }

    /** What the program writes. */
    public InputStream input() {
        return process.getInputStream();
    }

    /** What the program reads. */
    public OutputStream output() {
        return process.getOutputStream();
    }

    /** The program's exit code, or the client's own (125-127) when nothing was started. */
    public CompletableFuture<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** The last of what came on standard error, for a failure's text. */
    public String errors() {
        return errors.text();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
