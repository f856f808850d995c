/**
 * What sidecar and agent say to each other (docs/protocol.md, section 1): addresses, stream kinds
 * and the bodies of messages. Bytes come in and go out; state lives in {@link
 * dev.mirrord.protocol.tunnel}.
 */
@NullMarked
package dev.mirrord.protocol;

import org.jspecify.annotations.NullMarked;
