package dev.mirrord.config;

/**
 * @param ipv6 false: no AAAA answers and no IPv6 connections through the target
 */
public record NetworkConfig(
        boolean ipv6, DnsConfig dns, OutgoingConfig outgoing, IncomingConfig incoming) {}
