package dev.mirrord.config;

import dev.mirrord.config.filter.DnsFilter;

/**
 * @param enabled false: names are resolved as without mirrord
 * @param filter names of {@code outgoing.filter.local} are already in it
 * @param dockerNames a name on a Docker network that the user gave wins over the cluster's
 */
public record DnsConfig(boolean enabled, DnsFilter filter, boolean dockerNames) {}
