package dev.mirrord.linux.socket;

import java.net.InetSocketAddress;

/**
 * One socket of an established TCP connection.
 *
 * @param mark SO_MARK, 0 where it is not known
 * @param transparent it was opened for an address that need not be the machine's (IP_TRANSPARENT);
 *     false also where that is not known
 * @param family of the socket, which is IPv6 for IPv4 connections of a socket for both
 * @param id {@code struct inet_diag_sockid}: with it the kernel finds this socket and no other
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TcpConnection(
        InetSocketAddress local,
        InetSocketAddress remote,
        int mark,
        boolean transparent,
        int family,
        byte[] id) {}
