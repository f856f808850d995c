/**
 * HTTP connections to a stolen port of which only some requests are the app's. A client's
 * connection comes in, with two {@link dev.mirrord.agent.http.Ways} on: target and app; each
 * request goes one of them, byte for byte, and the answers come back in order; HTTP/2 (RFC 9113) is
 * taken apart into its streams, with one connection to each side. All state of a connection belongs
 * to its event loop.
 */
@NullMarked
package dev.mirrord.agent.http;

import org.jspecify.annotations.NullMarked;
