/**
 * The agent's end of the tunnels: the listening port on the agent's own loopback, the event loops
 * (which live in the target's network namespace), the tunnels that are up, and the end of the agent
 * when nobody has one. Streams that the sidecar opens go to the packages that serve them.
 */
@NullMarked
package dev.mirrord.agent.tunnel;

import org.jspecify.annotations.NullMarked;
