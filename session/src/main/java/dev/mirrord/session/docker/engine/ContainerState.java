package dev.mirrord.session.docker.engine;

/**
 * A container as the engine sees it now.
 *
 * @param name without the leading slash
 * @param status {@code created}, {@code running}, {@code exited}…
 * @param engineError what the engine says when it could not start it; empty otherwise
 */
public record ContainerState(
        String id,
        String name,
        String status,
        boolean running,
        long pid,
        int exitCode,
        String engineError) {}
