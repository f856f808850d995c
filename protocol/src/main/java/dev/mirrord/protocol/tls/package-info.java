/**
 * Mutual TLS 1.3 with pinned certificates: each side makes a self-signed certificate for one
 * session and accepts exactly the one whose SHA-256 it was told. No authority, no names, no expiry
 * games.
 */
@NullMarked
package dev.mirrord.protocol.tls;

import org.jspecify.annotations.NullMarked;
