package dev.mirrord.agent.tunnel;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.dns.DnsStream;
import dev.mirrord.agent.files.FilesStream;
import dev.mirrord.agent.incoming.Subscriptions;
import dev.mirrord.agent.outgoing.OutgoingTcp;
import dev.mirrord.agent.outgoing.OutgoingUdp;
import dev.mirrord.agent.outgoing.OutgoingUnix;
import dev.mirrord.agent.passing.OwnTraffic;
import dev.mirrord.agent.query.Queries;
import dev.mirrord.agent.target.Target;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.DeafListener;
import dev.mirrord.protocol.tunnel.OpenListener;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import java.io.IOException;

/** Gives each stream that the sidecar opens to the package that serves its kind. */
public final class StreamDispatch implements OpenListener {

    private final Target target;
    private final Queries queries;
    private final Subscriptions subscriptions;
    private final OwnTraffic ownTraffic;

    public StreamDispatch(Target target, Queries queries, Subscriptions subscriptions) {
        this.target = target;
        this.queries = queries;
        this.subscriptions = subscriptions;
        this.ownTraffic = subscriptions.ownTraffic();
    }

    @Override
    public StreamListener onOpen(TunnelStream stream, StreamKind kind, ByteBuf payload) {
        try {
            return switch (kind) {
                case TCP -> OutgoingTcp.open(stream, payload, ownTraffic);
                case UDP -> OutgoingUdp.open(stream, payload);
                case QUERY -> queries.open(stream, payload);
                case SUBSCRIBE -> subscriptions.open(stream, payload);
                case FILES -> FilesStream.open(stream, target);
                case UNIX -> OutgoingUnix.open(stream, payload, target);
                case DNS -> DnsStream.open(stream, target);
                case INCOMING_TCP, INCOMING_UDP ->
                        refused(stream, Errno.EINVAL, "only the agent opens this kind");
            };
        } catch (IllegalArgumentException e) {
            return refused(stream, Errno.EAFNOSUPPORT, String.valueOf(e.getMessage()));
        } catch (IndexOutOfBoundsException | IOException e) {
            return refused(stream, Errno.EINVAL, "malformed open: " + e.getMessage());
        } catch (RuntimeException e) {
            AgentLog.warn("cannot serve a stream", "kind", kind, "why", e);
            return refused(stream, Errno.EINVAL, "the agent failed: " + e);
        }
    }

    private static StreamListener refused(TunnelStream stream, int errno, String text) {
        stream.refuse(errno, text);
        return new DeafListener();
    }
}
