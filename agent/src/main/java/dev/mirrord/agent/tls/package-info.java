/**
 * TLS at stolen ports with a filter. A client's connection comes in; the target is asked first,
 * with the client's own wishes (server name, protocols), and what it agrees to is what the client
 * is offered, by the certificate and key that the target itself shows. Then {@code http} sees plain
 * bytes on both sides. Whatever does not fit goes to the target byte for byte.
 *
 * <pre>
 *   client --ClientHello--&gt; TlsOpening --same wishes--&gt; target's handshake: certificate, protocol
 *                                |                          '--ours, all fits--&gt; client's handshake --&gt; HttpConnection
 *                                '--no TLS--&gt; HttpConnection     '--anything else--&gt; the same bytes to the target
 * </pre>
 *
 * Keys stay in memory: they are neither logged nor sent nor written.
 */
@NullMarked
package dev.mirrord.agent.tls;

import org.jspecify.annotations.NullMarked;
