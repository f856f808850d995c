package dev.mirrord.session.kubernetes.placement;

import dev.mirrord.session.kubernetes.cluster.PodRef;

/**
 * An agent that listens.
 *
 * @param job its name, in the pod's namespace
 * @param port on the pod's loopback
 * @param certificateSha256 of its TLS certificate, hex
 */
public record PlacedAgent(PodRef pod, String job, int port, String certificateSha256) {}
