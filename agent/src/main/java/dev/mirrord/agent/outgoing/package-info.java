/**
 * The app's outgoing connections and datagrams, made in the target's network namespace. Streams of
 * kind TCP and UDP come in; each owns one socket, on its tunnel's event loop.
 */
@NullMarked
package dev.mirrord.agent.outgoing;

import org.jspecify.annotations.NullMarked;
