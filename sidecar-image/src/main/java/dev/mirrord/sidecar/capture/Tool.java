package dev.mirrord.sidecar.capture;

import dev.mirrord.sidecar.SidecarFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program of the image that is given its work on standard input. */
final class Tool {
    private final List<String> command;
    private final Process process;

    private Tool(List<String> command, Process process) {
        this.command = command;
        this.process = process;
    }

    /** Starts the program; its result is waited for by {@link #result}. */
    static Tool start(String input, String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended early; its exit code and words say why.
            }
            return new Tool(List.of(command), process);
        } catch (IOException e) {
            throw new SidecarFailure(
                    "the sidecar's image has no %s: %s".formatted(command[0], e.getMessage()), e);
        }
    }

    /** Waits for the end of the program. */
    Result result() {
        try {
            String words =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), words.strip());
        } catch (IOException e) {
            throw new SidecarFailure(command.getFirst() + " failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SidecarFailure(command.getFirst() + " was interrupted", e);
        }
    }

    /** How a program ended. */
    record Result(int code, String words) {
        boolean succeeded() {
            return code == 0;
        }
    }
}
