/**
 * What the agent tells of the target at the start of a session, and what is made of it: the app's
 * environment, addresses, resolv.conf and hosts.
 */
@NullMarked
package dev.mirrord.sidecar.target;

import org.jspecify.annotations.NullMarked;
