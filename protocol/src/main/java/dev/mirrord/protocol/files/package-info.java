/**
 * Messages of the stream of files (docs/protocol.md): requests of the sidecar and the agent's
 * answers, coded from and to buffers. Names and paths are bytes, as the kernel has them.
 */
@NullMarked
package dev.mirrord.protocol.files;

import org.jspecify.annotations.NullMarked;
