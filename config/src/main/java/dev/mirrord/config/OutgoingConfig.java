package dev.mirrord.config;

import dev.mirrord.config.filter.OutgoingFilter;
import java.util.List;

/**
 * @param tcp false: connections leave from the user's machine
 * @param udp false: datagrams leave from the user's machine
 * @param ignoreLocalhost true: loopback is the app container's own
 * @param unixStreams expressions for paths of unix sockets that are the target's
 */
public record OutgoingConfig(
        boolean tcp,
        boolean udp,
        boolean ignoreLocalhost,
        OutgoingFilter filter,
        List<String> unixStreams) {
    public OutgoingConfig {
        unixStreams = List.copyOf(unixStreams);
    }
}
