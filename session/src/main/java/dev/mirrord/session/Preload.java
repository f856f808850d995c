package dev.mirrord.session;

import dev.mirrord.session.docker.engine.Engine;
import dev.mirrord.session.kubernetes.cluster.Cluster;

/**
 * Loads what every session needs, in the background, while the command line and the configuration
 * are still being read: TLS with its native library, and the engine's HTTP client.
 */
public final class Preload {
    private Preload() {}

    /** Returns at once; whoever needs what is being loaded waits for it by itself. */
    public static void start() {
        Thread.ofPlatform().daemon().name("mirrord-preload-tls").start(Cluster::preload);
        Thread.ofPlatform().daemon().name("mirrord-preload-engine").start(Engine::preload);
    }
}
