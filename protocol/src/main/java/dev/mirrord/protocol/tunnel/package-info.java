/**
 * Streams multiplexed over one authenticated connection. A {@link
 * dev.mirrord.protocol.tunnel.Tunnel} is the last handler of a Netty pipeline; it owns its streams,
 * and everything of a stream happens on the tunnel's event loop, so there are no locks.
 */
@NullMarked
package dev.mirrord.protocol.tunnel;

import org.jspecify.annotations.NullMarked;
