/**
 * The rules of {@code dns.filter} and {@code outgoing.filter}: their text in, a decision for a name
 * or a destination out. Immutable; what a name resolved to is asked of the caller.
 */
@NullMarked
package dev.mirrord.config.filter;

import org.jspecify.annotations.NullMarked;
