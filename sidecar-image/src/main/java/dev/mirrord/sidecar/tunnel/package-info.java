/**
 * Connections to the agent: they are dialled, watched, dialled again, and new streams are given to
 * the one that has the least to do. Each tunnel belongs to its event loop; the set of them is owned
 * here.
 */
@NullMarked
package dev.mirrord.sidecar.tunnel;

import org.jspecify.annotations.NullMarked;
