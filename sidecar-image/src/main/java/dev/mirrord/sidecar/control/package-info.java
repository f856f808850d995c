/**
 * The conversation with the CLI (docs/protocol.md, section 3): JSON lines come in as messages,
 * notices and failures go out. The connection's end is the session's end.
 */
@NullMarked
package dev.mirrord.sidecar.control;

import org.jspecify.annotations.NullMarked;
