/**
 * The process that owns the app's network namespace. The CLI's wishes come in over the control
 * socket, the target's world over tunnels to the agent; what goes out is a namespace in which an
 * unmodified app meets that world. {@link dev.mirrord.sidecar.Session} owns the state of the one
 * session that a sidecar serves.
 */
@NullMarked
package dev.mirrord.sidecar;

import org.jspecify.annotations.NullMarked;
