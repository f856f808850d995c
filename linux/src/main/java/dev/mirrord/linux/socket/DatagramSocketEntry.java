package dev.mirrord.linux.socket;

import java.net.InetAddress;

/**
 * A UDP socket that is bound, and not connected.
 *
 * @param inode names the socket in {@code /proc/PID/fd}
 * @param mark its SO_MARK, 0 where the kernel does not tell
 * @param drops datagrams that it had no room for, so far
 */
public record DatagramSocketEntry(
        InetAddress address, int port, long inode, int mark, long drops) {}
