package dev.mirrord.compose;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Providers came with Compose 2.36. */
final class ComposeVersion {
    private static final Pattern NUMBERS = Pattern.compile("v?(\\d+)\\.(\\d+).*");
    private static final String INSTALL =
            "install Docker's package docker-compose-plugin, or put a newer docker-compose into"
                    + " ~/.docker/cli-plugins";

    private ComposeVersion() {}

    /**
     * Checks while {@code work} is done.
     *
     * @throws ComposeFailure when the installed one cannot be used, whatever became of the work
     */
    static <T> T checkBeside(Supplier<T> work) {
        CompletableFuture<Optional<String>> version =
                Docker.begin(true, List.of("compose", "version", "--short"));
        try {
            return work.get();
        } finally {
            check(
                    version.join()
                            .orElseThrow(
                                    () ->
                                            new ComposeFailure(
                                                    "docker has no compose command: " + INSTALL)));
        }
    }

    static void check(String version) {
        Matcher numbers = NUMBERS.matcher(version.strip());
        if (!numbers.matches()) {
            return; // A build of one's own has no number.
        }
        int major = Integer.parseInt(numbers.group(1));
        int minor = Integer.parseInt(numbers.group(2));
        if (major < 2 || (major == 2 && minor < 36)) {
            throw new ComposeFailure(
                    "docker compose %s is too old: x-mirrord needs 2.36 or later, which has providers; %s"
                            .formatted(version.strip(), INSTALL));
        }
    }
}
