/**
 * The agent: runs next to the target, makes sockets in the target's network namespace and answers
 * what the sidecar asks over the tunnel (docs/protocol.md, section 1). Arguments come in; one line
 * of JSON goes out on standard output when the tunnel's port is open; the log is standard error.
 */
@NullMarked
package dev.mirrord.agent;

import org.jspecify.annotations.NullMarked;
