package dev.mirrord.config;

import java.util.List;
import java.util.Optional;

/**
 * The sidecar's container.
 *
 * @param image empty: the sidecar image of this version
 * @param extraArguments added to the sidecar's {@code docker create}
 */
public record ContainerConfig(Optional<String> image, List<String> extraArguments) {
    public ContainerConfig {
        extraArguments = List.copyOf(extraArguments);
    }
}
