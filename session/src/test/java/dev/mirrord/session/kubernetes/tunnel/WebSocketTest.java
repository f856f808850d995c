package dev.mirrord.session.kubernetes.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketTest {

    @Test
    void acceptsTheKeyAsInTheRfc() {
        assertThat(WebSocket.accept("dGhlIHNhbXBsZSBub25jZQ=="))
                .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 1000})
    void masksEachByteAsInTheRfc(int length) {
        byte[] plain = new byte[length];
        new Random(length).nextBytes(plain);
        int mask = 0x12345678;
        ByteBuf bytes = Unpooled.copiedBuffer(plain);
        WebSocket.mask(bytes, 0, length, mask);
        for (int at = 0; at < length; at++) {
            assertThat(bytes.getByte(at)).isEqualTo((byte) (plain[at] ^ mask >>> 24 - at % 4 * 8));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 125, 126, 65_535, 65_536, 200_000})
    void putsAFrameIntoOneMaskedMessage(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        EmbeddedChannel channel =
                new EmbeddedChannel(new io.netty.channel.ChannelInboundHandlerAdapter());
        var context = channel.pipeline().firstContext();
        ByteBuf head = Spdy.dataHeader(3, length, false);
        new Framing.InWebSocket()
                .write(context, head, Unpooled.copiedBuffer(payload), context.newPromise());
        channel.flush();
        ByteBuf sent = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            sent.writeBytes(part);
        }
        assertThat(sent.readUnsignedByte()).isEqualTo((short) 0x82);
        int marked = sent.readUnsignedByte();
        assertThat(marked & 0x80).isEqualTo(0x80);
        long total =
                switch (marked & 0x7f) {
                    case 126 -> sent.readUnsignedShort();
                    case 127 -> sent.readLong();
                    default -> marked & 0x7f;
                };
        assertThat(total).isEqualTo(length + 8L);
        int mask = sent.readInt();
        WebSocket.mask(sent, sent.readerIndex(), sent.writerIndex(), mask);
        assertThat(sent.readInt()).isEqualTo(3);
        assertThat(sent.readInt()).isEqualTo(length);
        byte[] received = new byte[sent.readableBytes()];
        sent.readBytes(received);
        assertThat(received).isEqualTo(payload);
    }

    private static String received(EmbeddedChannel channel) {
        StringBuilder text = new StringBuilder();
        for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
            text.append(part.toString(StandardCharsets.US_ASCII));
            part.release();
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 9, 1000})
    void readsMessagesWhereverTheyAreCutAndAnswersPings(int size) {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocketReceiver());
        ByteBuf all = Unpooled.buffer();
        all.writeByte(0x02).writeByte(2).writeBytes(new byte[] {'a', 'b'}); // not the last part
        all.writeByte(0x89).writeByte(1).writeByte('p'); // ping in between
        all.writeByte(0x80).writeByte(0); // empty continuation
        all.writeByte(0x82).writeByte(126).writeShort(3).writeBytes(new byte[] {'c', 'd', 'e'});
        all.writeByte(0x82).writeByte(127).writeLong(1).writeByte('f');
        while (all.isReadable()) {
            channel.writeInbound(all.readRetainedSlice(Math.min(size, all.readableBytes())));
        }
        assertThat(received(channel)).isEqualTo("abcdef");
        ByteBuf pong = channel.readOutbound();
        assertThat(pong.getUnsignedByte(0)).isEqualTo((short) 0x8a);
        assertThat(pong.readableBytes()).isEqualTo(7);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aCloseWithAReasonIsAFailureThatSaysIt() {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocketReceiver());
        ByteBuf close = Unpooled.buffer().writeByte(0x88).writeByte(6).writeShort(1011);
        close.writeBytes("oops".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> channel.writeInbound(close))
                .hasMessage("WebSocket close 1011 oops");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aNormalCloseClosesOnly() {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocketReceiver());
        channel.writeInbound(Unpooled.buffer().writeByte(0x88).writeByte(2).writeShort(1000));
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x8280, 0x8100, 0xc200, 0x887e})
    void refusesWhatAServerMayNotSend(int start) {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocketReceiver());
        ByteBuf frame = Unpooled.buffer().writeShort(start).writeInt(0x01000000).writeInt(0);
        assertThatThrownBy(() -> channel.writeInbound(frame))
                .hasMessageMatching(".*(tunnel|too long).*");
    }
}
