package dev.mirrord.session.kubernetes.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The forward's life, with a far side made of frames. */
class ForwardHandlerTest {

    private final ForwardHandler handler =
            new ForwardHandler(
                    "port-forward to pod shop/web port 80", 80, new Framing.Bare(), null);
    private final EmbeddedChannel channel = new EmbeddedChannel(handler);
    private final StringBuilder told = new StringBuilder();

    private final ForwardHandler.Receiver receiver =
            new ForwardHandler.Receiver() {
                @Override
                public void data(ByteBuf bytes) {
                    told.append(bytes.toString(StandardCharsets.US_ASCII));
                    bytes.release();
                }

                @Override
                public void flush() {
                    // told at once
                }

                @Override
                public void end() {
                    told.append("|end");
                }

                @Override
                public void writable(boolean writable) {
                    told.append(writable ? "|go" : "|stop");
                }

                @Override
                public void closed() {
                    told.append("|closed");
                }
            };

    @BeforeEach
    void join() {
        handler.join(receiver);
        channel.releaseOutbound();
    }

    private void far(int stream, String text, boolean fin) {
        ByteBuf frame = Unpooled.buffer();
        frame.writeBytes(Spdy.dataHeader(stream, text.length(), fin));
        frame.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        channel.writeInbound(frame);
    }

    private int sentBytes() {
        int bytes = 0;
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            bytes += part.readableBytes();
        }
        return bytes;
    }

    @Test
    void opensBothStreamsAndEndsTheErrorStreamsOwnDirection() {
        EmbeddedChannel fresh =
                new EmbeddedChannel(new ForwardHandler("it", 80, new Framing.Bare(), null));
        ByteBuf error = fresh.readOutbound();
        ByteBuf end = fresh.readOutbound();
        ByteBuf data = fresh.readOutbound();
        assertThat(error.getInt(8)).isEqualTo(1);
        assertThat(end.getInt(0)).isEqualTo(1);
        assertThat(end.getInt(4)).isEqualTo(Spdy.FLAG_FIN << 24);
        assertThat(data.getInt(8)).isEqualTo(3);
    }

    @Test
    void passesBytesAndTheEndOnAndIsOverWhenBothStreamsHaveEnded() {
        far(3, "hello", false);
        far(3, "!", true);
        assertThat(told).hasToString("hello!|end");
        assertThat(handler.over).isNotDone();
        far(1, "", true);
        assertThat(told).hasToString("hello!|end|closed");
        assertThat(handler.over).isCompleted();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void keepsSendingAfterTheFarSidesEnd() {
        far(3, "", true);
        channel.writeOutbound(Unpooled.copiedBuffer("abc", StandardCharsets.US_ASCII));
        assertThat(sentBytes()).isEqualTo(11);
    }

    @Test
    void sendsNothingAfterItsOwnEnd() {
        handler.end();
        assertThat(sentBytes()).isEqualTo(8);
        ByteBuf late = Unpooled.copiedBuffer("abc", StandardCharsets.US_ASCII);
        channel.writeOutbound(late);
        assertThat(sentBytes()).isZero();
        assertThat(late.refCnt()).isZero();
    }

    @Test
    void theErrorStreamsTextIsTheReason() {
        far(1, "dial tcp4 127.0.0.1:80: connect: ", false);
        far(1, "connection refused", true);
        assertThatThrownBy(handler.over::join)
                .cause()
                .hasMessage(
                        "port-forward to pod shop/web port 80 failed: dial tcp4 127.0.0.1:80:"
                                + " connect: connection refused");
    }

    @Test
    void aResetAfterATextTellsTheText() {
        far(1, "pod is gone", false);
        channel.writeInbound(Spdy.reset(3));
        assertThatThrownBy(handler.over::join).cause().hasMessageContaining("pod is gone");
    }

    @Test
    void aLostConnectionIsAFailure() {
        channel.close();
        assertThatThrownBy(handler.over::join)
                .cause()
                .hasMessage(
                        "port-forward to pod shop/web port 80 was lost: the connection to the API"
                                + " server was closed");
        assertThat(told).hasToString("|closed");
    }

    @Test
    void aClosedForwardResetsItsStreamAndEndsWell() {
        handler.reset();
        ByteBuf reset = channel.readOutbound();
        assertThat(reset.getInt(0)).isEqualTo(0x80030003);
        assertThat(handler.over).isCompleted();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void answersTheFarSidesPingsAndNotItsOwn() {
        channel.writeInbound(Spdy.ping(2));
        assertThat(sentBytes()).isEqualTo(12);
        channel.writeInbound(Spdy.ping(1));
        assertThat(sentBytes()).isZero();
    }
}
