package dev.mirrord.session.docker.engine;

import dev.mirrord.session.docker.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pulls through the user's client, which has the credentials. */
final class ImagePull {

    private final DockerCli cli;

    ImagePull(DockerCli cli) {
        this.cli = cli;
    }

    /**
     * @param wasMissing the pull was not asked for; docker says so before it starts
     */
    void pull(String image, Optional<String> platform, boolean quiet, boolean wasMissing) {
        List<String> words = new ArrayList<>(cli.line("pull"));
        if (quiet) {
            words.add("--quiet");
        }
        platform.ifPresent(value -> words.add("--platform=" + value));
        words.add(image);
        if (wasMissing && !quiet) {
            System.err.println("Unable to find image '" + image + "' locally");
        }
        Process process = cli.start(new ProcessBuilder(words));
        TailReader errors = TailReader.of(process.getErrorStream());
        try {
            process.getOutputStream().close();
            progress(process.getInputStream(), quiet);
            if (process.waitFor() != 0) {
                throw refused(cli.program(), image, errors.complete());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new EngineException("the pull of " + image + " was interrupted", "", interrupted);
        }
    }

    /** Standard output belongs to the app. */
    private static void progress(InputStream output, boolean quiet) throws IOException {
        if (quiet) {
            output.readAllBytes();
        } else {
            output.transferTo(System.err);
        }
    }

    private static EngineException refused(String client, String image, String errors) {
        String why = errors.replaceFirst("^Error response from daemon: ", "");
        return new EngineException(
                "image "
                        + image
                        + " is not on the engine and cannot be pulled: "
                        + (why.isEmpty() ? client + " pull failed" : why),
                "Check the name and tag, build it here, or log in to its registry ("
                        + client
                        + " login).");
    }
}
