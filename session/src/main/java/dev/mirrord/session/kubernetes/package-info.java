/**
 * The cluster's side of a session: which API server and as whom ({@code cluster}), which pod to
 * stand in for ({@code target}), where the agent runs ({@code placement}) and the bytes between it
 * and this machine ({@code tunnel}). Nothing here knows Docker.
 */
@NullMarked
package dev.mirrord.session.kubernetes;

import org.jspecify.annotations.NullMarked;
