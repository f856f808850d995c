/**
 * Sockets that Netty has no words for: netlink, datagrams with their original destination, senders
 * that speak from a foreign address, and the lists of listening TCP and bound UDP sockets
 * (sock_diag(7)). Addresses and buffers come in and go out; every object here owns one descriptor.
 */
@NullMarked
package dev.mirrord.linux.socket;

import org.jspecify.annotations.NullMarked;
