/**
 * What the kernel does for the app's packets: facts of the namespace and the configuration come in,
 * nftables rules, routes and the queue of held packets go out. Decides for each new flow whether it
 * goes to the target or stays.
 */
@NullMarked
package dev.mirrord.sidecar.capture;

import org.jspecify.annotations.NullMarked;
