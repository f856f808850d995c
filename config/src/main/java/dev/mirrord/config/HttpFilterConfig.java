package dev.mirrord.config;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which HTTP requests of stolen ports are the app's.
 *
 * @param json what a subscription tells the agent (docs/protocol.md)
 * @param ports the app's ports that it holds for; empty: all
 */
public record HttpFilterConfig(String json, Optional<SortedSet<Integer>> ports) {
    static HttpFilterConfig of(String json, Optional<Set<Integer>> ports) {
        return new HttpFilterConfig(
                json, ports.map(p -> Collections.unmodifiableSortedSet(new TreeSet<>(p))));
    }
}
