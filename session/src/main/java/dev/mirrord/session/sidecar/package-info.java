/**
 * The CLI's end of the conversation with the sidecar (docs/protocol.md, section 3). JSON lines go
 * in and out over the standard streams of {@code docker exec}; the connection's life is that of the
 * sidecar's process: the conversation outlives it.
 */
@NullMarked
package dev.mirrord.session.sidecar;

import org.jspecify.annotations.NullMarked;
