/**
 * Bytes between this machine and a port inside a pod: the API server's port-forward, spoken as
 * SPDY/3.1 within a WebSocket, or directly where that is refused. One connection to the API server
 * carries one forwarded connection, because the far side's frame queue is shared: a stream that
 * waits would hold its neighbours. In: a pod, a port, and a Netty channel or a pair of streams;
 * out: the same bytes on the other side, with back-pressure both ways. Each connection's state is
 * owned by its event loop.
 */
@NullMarked
package dev.mirrord.session.kubernetes.tunnel;

import org.jspecify.annotations.NullMarked;
