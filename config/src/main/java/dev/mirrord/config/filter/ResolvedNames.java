package dev.mirrord.config.filter;

import java.net.InetAddress;
import java.util.Set;

/** Which names led to an address; known by whoever answers the app's DNS queries. */
@FunctionalInterface
public interface ResolvedNames {
    ResolvedNames NONE = address -> Set.of();

    /** Every name whose answers held the address, the full names included; empty if none did. */
    Set<String> namesOf(InetAddress address);
}
