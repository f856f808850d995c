package dev.mirrord.config.files;

import java.util.List;

/**
 * What only the app's container knows.
 *
 * @param home empty when unknown
 * @param mounts where the user's volumes are
 */
public record ContainerFacts(String workingDirectory, String home, List<String> mounts) {
    /** Nothing is known. */
    public static final ContainerFacts UNKNOWN = new ContainerFacts("", "", List.of());

    public ContainerFacts {
        mounts = List.copyOf(mounts);
    }
}
