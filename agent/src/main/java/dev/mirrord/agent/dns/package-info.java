/**
 * DNS messages (RFC 1035), forwarded unread to the name servers of the target's resolv.conf from
 * inside the target's network. Each stream owns its sockets and its pending queries; nothing is
 * cached.
 */
@NullMarked
package dev.mirrord.agent.dns;

import org.jspecify.annotations.NullMarked;
