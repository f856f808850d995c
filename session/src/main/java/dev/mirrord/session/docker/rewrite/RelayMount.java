package dev.mirrord.session.docker.rewrite;

/**
 * A folder of the engine's host, bound into the sidecar at {@link SidecarSpec#RELAY_TARGET}.
 *
 * @param control the socket in it at which the session awaits this sidecar
 */
public record RelayMount(String directory, String control) {}
