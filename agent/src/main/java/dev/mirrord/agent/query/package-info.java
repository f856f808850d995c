/**
 * Questions about the target: its environment, its network and names, the agent's own counters.
 * Everything is read from /proc and the target's files when it is asked for; nothing is kept.
 */
@NullMarked
package dev.mirrord.agent.query;

import org.jspecify.annotations.NullMarked;
