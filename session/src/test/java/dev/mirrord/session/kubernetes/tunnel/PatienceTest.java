package dev.mirrord.session.kubernetes.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A forward to a pod that is still being started, with a far side made of frames. */
class PatienceTest {
    private final CompletableFuture<String> start = new CompletableFuture<>();
    private final Patience patience = new Patience(start);
    private final ForwardHandler handler =
            new ForwardHandler("port-forward", 80, new Framing.Bare(), patience);
    private final EmbeddedChannel channel = new EmbeddedChannel(handler);

    @BeforeEach
    void noTimePassesByItself() {
        channel.freezeTime();
    }

    @AfterEach
    void nothingLeaks() {
        channel.finishAndReleaseAll();
    }

    private void far(int stream, String text, boolean fin) {
        ByteBuf frame = Unpooled.buffer();
        frame.writeBytes(Spdy.dataHeader(stream, text.length(), fin));
        frame.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        channel.writeInbound(frame);
    }

    private void refuse(int errorStream) {
        far(errorStream, "connection refused", true);
        channel.advanceTimeBy(Patience.PAUSE_MILLISECONDS, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private String sent() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
        return all.toString();
    }

    private static String dataFrame(int stream, String text) {
        ByteBuf header = Spdy.dataHeader(stream, text.length(), false);
        return header.toString(StandardCharsets.ISO_8859_1) + text;
    }

    @Test
    void asksAgainOnNewStreamsAndSendsAgainWhatWasWritten() {
        sent();
        channel.writeOutbound(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
        assertThat(sent()).isEqualTo(dataFrame(3, "hello"));
        refuse(1);
        assertThat(sent()).endsWith(dataFrame(7, "hello"));
        refuse(5);
        assertThat(sent()).endsWith(dataFrame(11, "hello"));
        assertThat(handler.over).isNotDone();
    }

    @Test
    void sendsLaterWhatIsWrittenBetweenTwoStreams() {
        far(1, "connection refused", true);
        sent();
        channel.writeOutbound(Unpooled.copiedBuffer("late", StandardCharsets.US_ASCII));
        assertThat(sent()).isEmpty();
        channel.advanceTimeBy(Patience.PAUSE_MILLISECONDS, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(sent()).endsWith(dataFrame(7, "late"));
    }

    @Test
    void theFirstByteEndsIt() {
        refuse(1);
        StringBuilder told = new StringBuilder();
        handler.join(new Telling(told));
        far(7, "x", false);
        assertThat(patience.firstByte()).isCompleted();
        assertThat(told).hasToString("x");
        far(5, "gone", true);
        assertThatThrownBy(handler.over::join).cause().hasMessageContaining("gone");
    }

    @Test
    void aFailedStartEndsIt() {
        start.completeExceptionally(new IllegalStateException("crashed"));
        refuse(1);
        assertThatThrownBy(handler.over::join).cause().hasMessageContaining("connection refused");
    }

    private record Telling(StringBuilder told) implements ForwardHandler.Receiver {
        @Override
        public void data(ByteBuf bytes) {
            told.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }

        @Override
        public void flush() {}

        @Override
        public void end() {}

        @Override
        public void writable(boolean writable) {}

        @Override
        public void closed() {}
    }
}
