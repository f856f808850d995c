/**
 * The target's files: requests of the sidecar come in on one stream, answers go out on it. What is
 * done is done by threads that are, for the file system, the target's user, below the target's root
 * directory. Open files belong to their stream and end with it.
 */
@NullMarked
package dev.mirrord.agent.files;

import org.jspecify.annotations.NullMarked;
