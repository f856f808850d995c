package dev.mirrord.linux.socket;

import java.net.InetAddress;

/**
 * A TCP socket in LISTEN.
 *
 * @param inode names the socket in {@code /proc/PID/fd}
 * @param onlyIpv6 an IPv6 socket that takes no IPv4 connections
 */
public record ListeningSocket(InetAddress address, int port, long inode, boolean onlyIpv6) {}
