/**
 * Subscriptions to the target's ports. Streams of kind SUBSCRIBE come in and live as long as the
 * subscription; what arrives at the port goes to the sidecar by {@code steal} or {@code mirror}.
 */
@NullMarked
package dev.mirrord.agent.incoming;

import org.jspecify.annotations.NullMarked;
