package dev.mirrord.protocol.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tls.SessionIdentity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class TunnelTest {
    private static final OpenListener NONE =
            (stream, kind, payload) -> {
                stream.refuse(13, "not here");
                return new Collector();
            };

    /** Accepts every stream and sends all bytes back. */
    private static final OpenListener ECHO =
            (stream, kind, payload) -> {
                stream.accept(Unpooled.copiedBuffer("hi", StandardCharsets.UTF_8));
                return new StreamListener() {
                    @Override
                    public void onData(TunnelStream from, ByteBuf data) {
                        from.consumed(data.readableBytes());
                        from.write(data);
                    }

                    @Override
                    public void onEnd(TunnelStream from) {
                        from.end();
                    }

                    @Override
                    public void onReset(TunnelStream from, int errno) {}
                };
            };

    @Test
    void aStreamCarriesBytesBothWaysAndEnds() throws Exception {
        byte[] bytes = new byte[700_000];
        new Random(1).nextBytes(bytes);
        try (TestingTunnelPair pair = new TestingTunnelPair(ECHO, NONE).ready()) {
            Collector collector = new Collector();
            pair.sidecar
                    .eventLoop()
                    .execute(
                            () -> {
                                TunnelStream stream =
                                        pair.sidecar.open(
                                                StreamKind.TCP, Unpooled.EMPTY_BUFFER, collector);
                                stream.write(Unpooled.wrappedBuffer(bytes));
                                stream.end();
                            });
            assertThat(collector.ended.get(20, TimeUnit.SECONDS)).isEqualTo(bytes);
            assertThat(collector.accepted.get()).isEqualTo("hi");
        }
    }

    @Test
    void theAgentOpensStreamsToo() throws Exception {
        try (TestingTunnelPair pair = new TestingTunnelPair(NONE, ECHO).ready()) {
            Collector collector = new Collector();
            Tunnel agent = pair.agent();
            agent.eventLoop()
                    .execute(
                            () ->
                                    agent.open(
                                                    StreamKind.INCOMING_TCP,
                                                    Unpooled.EMPTY_BUFFER,
                                                    collector)
                                            .end());
            assertThat(collector.ended.get(20, TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void aRefusalBringsErrnoAndText() throws Exception {
        try (TestingTunnelPair pair = new TestingTunnelPair(NONE, NONE).ready()) {
            Collector collector = new Collector();
            pair.sidecar
                    .eventLoop()
                    .execute(
                            () ->
                                    pair.sidecar.open(
                                            StreamKind.TCP, Unpooled.EMPTY_BUFFER, collector));
            assertThat(collector.failed.get(20, TimeUnit.SECONDS)).isEqualTo("13 not here");
        }
    }

    @Test
    void theWindowStopsASenderWhoseReceiverDoesNotConsume() throws Exception {
        CompletableFuture<TunnelStream> held = new CompletableFuture<>();
        OpenListener holder =
                (stream, kind, payload) -> {
                    held.complete(stream);
                    return new Collector();
                };
        try (TestingTunnelPair pair = new TestingTunnelPair(holder, NONE).ready()) {
            CompletableFuture<Boolean> writableAgain = new CompletableFuture<>();
            CompletableFuture<Boolean> writableAfterWindow = new CompletableFuture<>();
            pair.sidecar
                    .eventLoop()
                    .execute(
                            () -> {
                                TunnelStream stream =
                                        pair.sidecar.open(
                                                StreamKind.TCP,
                                                Unpooled.EMPTY_BUFFER,
                                                new Collector() {
                                                    @Override
                                                    public void onWritabilityChanged(
                                                            TunnelStream changed) {
                                                        if (changed.isWritable()) {
                                                            writableAgain.complete(true);
                                                        }
                                                    }
                                                });
                                stream.write(Unpooled.wrappedBuffer(new byte[1 << 20]));
                                writableAfterWindow.complete(stream.isWritable());
                            });
            assertThat(writableAfterWindow.get(5, TimeUnit.SECONDS)).isFalse();
            TunnelStream received = held.get(5, TimeUnit.SECONDS);
            assertThatThrownBy(() -> writableAgain.get(300, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            received.eventLoop().execute(() -> received.consumed(1 << 19));
            assertThat(writableAgain.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Longer than what the tunnel takes at once, and shorter: then no change may be seen. */
    @ParameterizedTest
    @ValueSource(ints = {8 << 20, 256 << 10})
    void whoFindsTheTunnelCloggedHearsWhenItIsFree(int bytes) throws Exception {
        try (TestingTunnelPair pair = new TestingTunnelPair(ECHO, NONE).ready()) {
            CompletableFuture<Boolean> atFirst = new CompletableFuture<>();
            CompletableFuture<Boolean> later = new CompletableFuture<>();
            Collector waiting =
                    new Collector() {
                        @Override
                        public void onWritabilityChanged(TunnelStream changed) {
                            later.complete(changed.isWritable());
                        }
                    };
            pair.sidecar
                    .eventLoop()
                    .execute(
                            () -> {
                                ByteBuf empty = Unpooled.EMPTY_BUFFER;
                                TunnelStream stream =
                                        pair.sidecar.open(StreamKind.TCP, empty, waiting);
                                pair.sidecar
                                        .open(StreamKind.TCP, empty, new Collector())
                                        .write(Unpooled.wrappedBuffer(new byte[bytes]));
                                atFirst.complete(stream.isWritable());
                            });
            assertThat(atFirst.get(5, TimeUnit.SECONDS)).isFalse();
            assertThat(later.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aLostTunnelResetsItsStreams() throws Exception {
        try (TestingTunnelPair pair = new TestingTunnelPair(ECHO, NONE).ready()) {
            Collector collector = new Collector();
            pair.sidecar
                    .eventLoop()
                    .execute(
                            () ->
                                    pair.sidecar.open(
                                            StreamKind.TCP, Unpooled.EMPTY_BUFFER, collector));
            collector.accepted.get(5, TimeUnit.SECONDS);
            pair.agent().channel().close();
            assertThat(collector.failed.get(5, TimeUnit.SECONDS)).startsWith("104");
        }
    }

    @Test
    void eachSideSaysHelloOnce() throws Exception {
        try (TestingTunnelPair pair = new TestingTunnelPair(ECHO, NONE).ready()) {
            Collector collector = new Collector();
            pair.sidecar
                    .eventLoop()
                    .execute(
                            () ->
                                    pair.sidecar.open(
                                            StreamKind.TCP, Unpooled.EMPTY_BUFFER, collector));
            collector.accepted.get(5, TimeUnit.SECONDS);
            assertThat(pair.sidecarLife.hellos).hasValue(1);
            assertThat(pair.agentLife.hellos).hasValue(1);
        }
    }

    @Test
    void goAwayTellsWhy() throws Exception {
        try (TestingTunnelPair pair = new TestingTunnelPair(ECHO, NONE).ready()) {
            pair.agent().close(0, "the target container ended");
            assertThat(pair.sidecarLife.closed.get(5, TimeUnit.SECONDS))
                    .contains("the target container ended");
        }
    }

    @Test
    void aStrangerDoesNotGetIn() throws Exception {
        SessionIdentity other = SessionIdentity.generate("other");
        try (TestingTunnelPair pair =
                new TestingTunnelPair(
                        SessionIdentity.generate("session"), other.fingerprint(), ECHO, NONE)) {
            pair.sidecarLife.closed.get(10, TimeUnit.SECONDS);
            assertThat(pair.agentLife.ready).isNotDone();
        }
    }

    /** Remembers everything that a stream brings. */
    static class Collector implements StreamListener {
        final CompletableFuture<String> accepted = new CompletableFuture<>();
        final CompletableFuture<byte[]> ended = new CompletableFuture<>();
        final CompletableFuture<String> failed = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void onAccept(TunnelStream stream, ByteBuf payload) {
            accepted.complete(payload.toString(StandardCharsets.UTF_8));
        }

        @Override
        public void onRefuse(TunnelStream stream, int errno, String text) {
            failed.complete(errno + " " + text);
        }

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            byte[] copy = new byte[data.readableBytes()];
            data.readBytes(copy).release();
            bytes.writeBytes(copy);
        }

        @Override
        public void onEnd(TunnelStream stream) {
            ended.complete(bytes.toByteArray());
        }

        @Override
        public void onReset(TunnelStream stream, int errno) {
            failed.complete(errno + " reset");
        }
    }
}
