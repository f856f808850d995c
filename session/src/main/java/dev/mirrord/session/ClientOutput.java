package dev.mirrord.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What docker's client prints on standard output, as a container's id; its errors go to ours. */
final class ClientOutput {
    private ClientOutput() {}

    /**
     * @param failed what the user is told if it fails; the client's own words are above it then
     * @throws SessionFailure if it fails
     */
    static String of(List<String> line, String failed) {
        try {
            Process process =
                    new ProcessBuilder(line)
                            .redirectInput(ProcessBuilder.Redirect.INHERIT)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new SessionFailure(failed);
            }
            return out.strip();
        } catch (IOException e) {
            throw new SessionFailure(
                    "cannot run %s: %s".formatted(line.getFirst(), e.getMessage()), e);
        } catch (InterruptedException e) {
            throw new SessionFailure("interrupted while %s ran".formatted(line.getFirst()), e);
        }
    }
}
