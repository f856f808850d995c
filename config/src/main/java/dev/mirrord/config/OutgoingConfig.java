package dev.mirrord.config;

import dev.mirrord.config.filter.OutgoingFilter;

/**
 * @param tcp false: connections leave from the user's machine
 * @param udp false: datagrams leave from the user's machine
 * @param ignoreLocalhost true: loopback is the app container's own
 */
public record OutgoingConfig(
        boolean tcp, boolean udp, boolean ignoreLocalhost, OutgoingFilter filter) {}
