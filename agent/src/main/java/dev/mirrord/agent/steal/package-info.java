/**
 * Steal: connections to subscribed ports of the target are redirected by nftables to a listener of
 * the agent and handed to the sidecar; what the sidecar refuses goes on to the target with the
 * client's address.
 *
 * <pre>
 *   client --eth0--&gt; prerouting redirect --&gt; StealListener --INCOMING_TCP--&gt; sidecar
 *                                               '--refused--&gt; PassThrough --lo--&gt; target
 * </pre>
 *
 * The table belongs to a process of the agent ({@code flags owner}): it goes with it, however it
 * ends. The redirect also matches only while a set element lives that the event loops renew every
 * second, so an agent that hangs is out of the way after five.
 */
@NullMarked
package dev.mirrord.agent.steal;

import org.jspecify.annotations.NullMarked;
