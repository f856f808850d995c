package dev.mirrord.agent.datagram;

import java.net.InetSocketAddress;

/**
 * Who sends datagrams to whom.
 *
 * @param destination an address of the target
 */
public record Client(InetSocketAddress peer, InetSocketAddress destination) {}
