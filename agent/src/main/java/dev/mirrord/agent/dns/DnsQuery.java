package dev.mirrord.agent.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One query under way: two rounds over all servers, the next one after two seconds of silence or at
 * once when a server refuses. A truncated answer is asked for again over TCP. When nobody answers,
 * the app gets SERVFAIL, which its resolver takes as final sooner than silence.
 */
final class DnsQuery {
    private static final int ROUNDS = 2;
    private static final int TRY_MILLIS = 2_000;
    private static final int SERVFAIL = 2;

    private final DnsStream stream;
    private final byte[] message;
    private final int appId;
    private final int id;
    private List<DnsUpstream> upstreams = List.of();
    private int attempt = -1;
    private boolean overTcp;
    private @Nullable Future<?> timeout;

    DnsQuery(DnsStream stream, byte[] message, int id) {
        this.stream = stream;
        this.message = message;
        this.appId = ((message[0] & 0xff) << 8) | (message[1] & 0xff);
        this.id = id;
        message[0] = (byte) (id >> 8);
        message[1] = (byte) id;
    }

    int id() {
        return id;
    }

    void start(List<DnsUpstream> servers) {
        upstreams = servers;
        next();
    }

    private void next() {
        cancel();
        attempt++;
        if (attempt == ROUNDS * upstreams.size()) {
            fail();
            return;
        }
        timeout =
                stream.stream().eventLoop().schedule(this::next, TRY_MILLIS, TimeUnit.MILLISECONDS);
        current().ask(message);
    }

    private DnsUpstream current() {
        return upstreams.get(attempt % upstreams.size());
    }

    void refused(DnsUpstream upstream) {
        if (upstream == current() && !overTcp) {
            next();
        }
    }

    void answered(DnsUpstream upstream, ByteBuf answer) {
        int flags = answer.getUnsignedShort(answer.readerIndex() + 2);
        boolean isAnswer = (flags & 0x8000) != 0;
        boolean truncated = (flags & 0x0200) != 0;
        if (!isAnswer || overTcp) {
            return;
        }
        if (truncated) {
            cancel();
            overTcp = true;
            ByteBuf cut = Unpooled.copiedBuffer(answer);
            DnsOverTcp.ask(stream.stream(), upstream.server(), message)
                    .whenComplete((full, failure) -> finish(full == null ? cut : full));
        } else {
            finish(Unpooled.copiedBuffer(answer));
        }
    }

    private void finish(ByteBuf answer) {
        cancel();
        stream.finished(this, answer.setShort(answer.readerIndex(), appId));
    }

    private void fail() {
        ByteBuf answer = Unpooled.copiedBuffer(message);
        int flags = answer.getUnsignedShort(2);
        // QR and RA set, opcode and RD kept.
        answer.setShort(2, (flags & 0x7900) | 0x8080 | SERVFAIL);
        finish(answer);
    }

    void cancel() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }
}
