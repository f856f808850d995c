/**
 * The target's traffic: ports on which the app listens come in from the kernel and are subscribed
 * at the agent; its connections go out to the app, from the address of the true peer.
 */
@NullMarked
package dev.mirrord.sidecar.incoming;

import org.jspecify.annotations.NullMarked;
