package dev.mirrord.agent.dns;

import dev.mirrord.agent.target.Target;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** One stream of DNS messages: forwards each query by an ID of its own and maps the answer back. */
public final class DnsStream implements StreamListener {
    private static final int HEADER_BYTES = 12;
    private static final int MOST_PENDING = 1024;

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final TunnelStream stream;
    private final Target target;
    private final IntObjectMap<DnsQuery> pending = new IntObjectHashMap<>();
    private List<DnsUpstream> upstreams = List.of();
    private ResolvConf configuration = new ResolvConf(List.of());

    private long looked = System.nanoTime() - LOOK_NANOS;

    private DnsStream(TunnelStream stream, Target target) {
        this.stream = stream;
        this.target = target;
    }

    public static StreamListener open(TunnelStream stream, Target target) {
        DnsStream dns = new DnsStream(stream, target);
        stream.accept();
        return dns;
    }

    @Override
    public void onData(TunnelStream from, ByteBuf message) {
        from.consumed(message.readableBytes());
        try {
            // Without room for more the app's resolver sees a lost datagram and asks again.
            if (message.readableBytes() >= HEADER_BYTES && pending.size() < MOST_PENDING) {
                byte[] bytes = new byte[message.readableBytes()];
                message.readBytes(bytes);
                reload();
                DnsQuery query = new DnsQuery(this, bytes, freeId());
                pending.put(query.id(), query);
                query.start(upstreams);
            }
        } finally {
            message.release();
        }
    }

    /**
     * The file is read anew, when nothing is under way, once a second at most; it may change while
     * the target lives.
     */
    private void reload() {
        long now = System.nanoTime();
        if (!pending.isEmpty() || now - looked < LOOK_NANOS) {
            return;
        }
        looked = now;
        ResolvConf read = ResolvConf.of(target);
        if (!read.equals(configuration)) {
            closeUpstreams();
            configuration = read;
            List<DnsUpstream> made = new ArrayList<>();
            read.servers().forEach(server -> made.add(new DnsUpstream(this, server)));
            upstreams = made;
        }
    }

    private int freeId() {
        int id;
        do {
            id = ThreadLocalRandom.current().nextInt(1 << 16);
        } while (pending.containsKey(id));
        return id;
    }

    /** An answer that a server gave; one that nobody waits for any more is dropped. */
    void answered(DnsUpstream upstream, ByteBuf answer) {
        DnsQuery query =
                answer.readableBytes() < HEADER_BYTES
                        ? null
                        : pending.get(answer.getUnsignedShort(answer.readerIndex()));
        if (query != null) {
            query.answered(upstream, answer);
        }
    }

    /** A server refuses all that was sent to it (ICMP port unreachable). */
    void refused(DnsUpstream upstream) {
        for (DnsQuery query : new ArrayList<>(pending.values())) {
            query.refused(upstream);
        }
    }

    /** The query is over; {@code answer}, whose ownership passes, bears the app's ID again. */
    void finished(DnsQuery query, ByteBuf answer) {
        pending.remove(query.id());
        stream.writeMessage(answer);
    }

    TunnelStream stream() {
        return stream;
    }

    @Override
    public void onEnd(TunnelStream from) {
        from.end();
        close();
    }

    @Override
    public void onReset(TunnelStream from, int errno) {
        close();
    }

    private void close() {
        pending.values().forEach(DnsQuery::cancel);
        pending.clear();
        closeUpstreams();
    }

    private void closeUpstreams() {
        upstreams.forEach(DnsUpstream::close);
        upstreams = List.of();
        configuration = new ResolvConf(List.of());
    }
}
