/**
 * Names: the app's queries come in as datagrams or over TCP, answers go out from a cache, the
 * agent's resolver, or the engine's. Also rewrites resolv.conf and hosts, which the app shares.
 */
@NullMarked
package dev.mirrord.sidecar.dns;

import org.jspecify.annotations.NullMarked;
