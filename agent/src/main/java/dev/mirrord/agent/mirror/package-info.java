/**
 * Mirror: what clients send to subscribed ports is captured on the target's interfaces by libpcap,
 * put back in order and sent to the sidecar. Only reads: no rule and no socket of the target is
 * touched. One thread for each port captures and reassembles; what it finds is sent on the event
 * loop of a tunnel.
 */
@NullMarked
package dev.mirrord.agent.mirror;

import org.jspecify.annotations.NullMarked;
