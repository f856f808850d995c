/**
 * Mirror: what clients send to subscribed ports is captured on the target's interfaces by libpcap,
 * put back in order as the target's kernel does it, and sent to the sidecar. Only reads: no rule
 * and no socket of the target is touched. One thread captures and reassembles; what it finds is
 * sent on the event loop of a tunnel; datagrams go on as they come. What cannot be sent whole is
 * closed by a reset and counted.
 */
@NullMarked
package dev.mirrord.agent.mirror;

import org.jspecify.annotations.NullMarked;
