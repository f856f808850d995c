/**
 * Datagrams of clients of the target on their way to the sidecar, one stream (INCOMING_UDP) for
 * each client and port, whoever takes them off the network: {@code mirror} or {@code steal}. What
 * tunnel or app do not take in time is lost and counted, as it would be on a clogged path.
 */
@NullMarked
package dev.mirrord.agent.datagram;

import org.jspecify.annotations.NullMarked;
