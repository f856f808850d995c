package dev.mirrord.config;

import java.util.Optional;

/**
 * {@code agent.image} in its three forms.
 *
 * @param reference a whole reference; wins over the other two
 */
public record ImageName(
        Optional<String> reference, Optional<String> registry, Optional<String> tag) {

    /**
     * @param name used where no registry is given: {@code mirrord-agent}
     * @param version used where no tag is given
     */
    public String resolve(String name, String version) {
        return reference.orElseGet(() -> registry.orElse(name) + ":" + tag.orElse(version));
    }
}
