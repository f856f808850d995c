package dev.mirrord.bench;

import dev.mirrord.protocol.StreamKind;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a tunnel adds of its own: one message there and back, and bytes in bulk. With {@code
 * -jvmArgsAppend -Dio.netty.handler.ssl.noOpenSsl=true} the same over the JDK's TLS.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TunnelBenchmark {
    private static final int BULK = 16 << 20;
    private static final int PIECE = 64 << 10;

    @Param({"1", "1024"})
    public int message = 1;

    private final Semaphore answered = new Semaphore(0);
    private TunnelPair pair;
    private TunnelStream echo;
    private TunnelStream sink;
    private int unsent;

    @Setup
    public void open() throws Exception {
        pair =
                new TunnelPair(
                        (stream, kind, payload) ->
                                kind == StreamKind.TCP ? new Sink() : new Echo());
        echo = open(StreamKind.DNS);
        sink = open(StreamKind.TCP);
    }

    private TunnelStream open(StreamKind kind) throws Exception {
        return pair.sidecar
                .eventLoop()
                .submit(() -> pair.sidecar.open(kind, Unpooled.EMPTY_BUFFER, new Counting()))
                .get();
    }

    @TearDown
    public void close() {
        pair.close();
    }

    /** One message to the far side and back. */
    @Benchmark
    public void roundTrip() throws InterruptedException {
        pair.sidecar
                .eventLoop()
                .execute(() -> echo.writeMessage(Unpooled.wrappedBuffer(new byte[message])));
        answered.acquire();
    }

    /** 16 MiB into the tunnel until the far side has consumed the last of them. */
    @Benchmark
    public void bulk() throws InterruptedException {
        pair.sidecar
                .eventLoop()
                .execute(
                        () -> {
                            unsent = BULK;
                            send();
                        });
        answered.acquire();
    }

    private void send() {
        while (unsent > 0 && sink.isWritable()) {
            sink.write(pair.sidecar.channel().alloc().buffer(PIECE).writeZero(PIECE));
            unsent -= PIECE;
        }
    }

    /** At the sidecar's side: counts answers, and goes on sending when there is room. */
    private final class Counting implements StreamListener {
        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            stream.consumed(data.readableBytes());
            data.release();
            answered.release();
        }

        @Override
        public void onEnd(TunnelStream stream) {}

        @Override
        public void onReset(TunnelStream stream, int errno) {}

        @Override
        public void onWritabilityChanged(TunnelStream stream) {
            send();
        }
    }

    private static final class Echo implements StreamListener {
        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            stream.consumed(data.readableBytes());
            stream.writeMessage(data);
        }

        @Override
        public void onEnd(TunnelStream stream) {}

        @Override
        public void onReset(TunnelStream stream, int errno) {}
    }

    /** Answers one byte for every {@link #BULK} bytes. */
    private static final class Sink implements StreamListener {
        private int got;

        @Override
        public void onData(TunnelStream stream, ByteBuf data) {
            int length = data.readableBytes();
            data.release();
            stream.consumed(length);
            got += length;
            if (got == BULK) {
                got = 0;
                stream.writeMessage(Unpooled.wrappedBuffer(new byte[1]));
            }
        }

        @Override
        public void onEnd(TunnelStream stream) {}

        @Override
        public void onReset(TunnelStream stream, int errno) {}
    }
}
