/**
 * Steal: nftables gives connections to subscribed ports of the target to a listener of the agent,
 * which hands them to the sidecar; what the sidecar refuses goes on to the target with the client's
 * address.
 *
 * <pre>
 *   client --eth0--&gt; prerouting, TPROXY --&gt; StealListener --INCOMING_TCP--&gt; sidecar
 *                                               '--refused--&gt; PassThrough --lo--&gt; target
 * </pre>
 *
 * Three things keep a dead agent out of the way. Without the listener TPROXY does not match. The
 * table belongs to a process of the agent ({@code flags owner}): it goes with it, however it ends.
 * And it matches only while a set element lives that the event loops renew every second, so an
 * agent that hangs is out of the way after five.
 */
@NullMarked
package dev.mirrord.agent.steal;

import org.jspecify.annotations.NullMarked;
