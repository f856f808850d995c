package dev.mirrord.sidecar.dns;

import java.util.concurrent.CompletableFuture;

/** Something that answers DNS messages. */
@FunctionalInterface
public interface Resolver {
    /** The answer under the query's ID; fails when none came in time. */
    CompletableFuture<byte[]> resolve(byte[] query);
}
