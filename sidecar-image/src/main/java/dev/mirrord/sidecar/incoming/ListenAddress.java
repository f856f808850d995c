package dev.mirrord.sidecar.incoming;

import java.net.InetAddress;

/**
 * Where the app listens.
 *
 * @param address may be the wildcard
 */
public record ListenAddress(InetAddress address, int port) {
    boolean isLoopback() {
        return address.isLoopbackAddress();
    }
}
