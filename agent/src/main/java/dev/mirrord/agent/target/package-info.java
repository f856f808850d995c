/**
 * The target: one process found by its container's ID, seen through /proc. A container ID comes in;
 * paths, the network namespace and the news of the process' end go out. Nothing here changes the
 * target.
 */
@NullMarked
package dev.mirrord.agent.target;

import org.jspecify.annotations.NullMarked;
