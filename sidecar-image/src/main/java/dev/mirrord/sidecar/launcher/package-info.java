/**
 * The app container's entrypoint: launchers connect to a unix socket, wait for the context, and
 * hear of the session's end (docs/protocol.md, section 2).
 */
@NullMarked
package dev.mirrord.sidecar.launcher;

import org.jspecify.annotations.NullMarked;
