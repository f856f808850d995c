package dev.mirrord.config.filter;

import java.net.InetAddress;

/** Where the app wants to send: an address that it connects to or a datagram's peer. */
public record Destination(Transport transport, InetAddress address, int port) {}
