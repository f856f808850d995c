package dev.mirrord.session.kubernetes.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.Adler32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpdyTest {

    @Test
    void theDictionaryIsTheOneOfTheDraft() {
        Adler32 sum = new Adler32();
        sum.update(SpdyDictionary.BYTES);
        assertThat(SpdyDictionary.BYTES).hasSize(1423);
        assertThat(sum.getValue()).isEqualTo(0xe3c6a7c2L);
    }

    @Test
    void headerBlocksOfAConnectionAreOneZlibStream() throws DataFormatException {
        try (Spdy.StreamOpener opener = new Spdy.StreamOpener()) {
            Inflater inflater = new Inflater();
            assertThat(block(opener.open(1, Map.of("port", "80")), inflater))
                    .contains("port", "80");
            assertThat(block(opener.open(3, Map.of("port", "81")), inflater))
                    .contains("port", "81");
        }
    }

    private static String block(ByteBuf frame, Inflater inflater) throws DataFormatException {
        assertThat(frame.readInt()).isEqualTo(0x80030001);
        assertThat(frame.readInt()).isEqualTo(frame.readableBytes());
        frame.skipBytes(10);
        byte[] compressed = new byte[frame.readableBytes()];
        frame.readBytes(compressed);
        inflater.setInput(compressed);
        byte[] plain = new byte[1000];
        int length = inflater.inflate(plain);
        if (inflater.needsDictionary()) {
            inflater.setDictionary(SpdyDictionary.BYTES);
            length = inflater.inflate(plain);
        }
        return new String(plain, 0, length, StandardCharsets.US_ASCII);
    }

    /** Writes down what it is told. */
    private static final class Log implements SpdyReader.Sink {
        final List<String> lines = new ArrayList<>();
        final StringBuilder data = new StringBuilder();

        @Override
        public void data(int stream, ByteBuf bytes) {
            data.append(stream).append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }

        @Override
        public void end(int stream) {
            lines.add("end " + stream);
        }

        @Override
        public void reset(int stream, int status) {
            lines.add("reset " + stream + " " + status);
        }

        @Override
        public void ping(int id) {
            lines.add("ping " + id);
        }

        @Override
        public void goAway() {
            lines.add("go away");
        }
    }

    private static ByteBuf frames() {
        ByteBuf all = Unpooled.buffer();
        all.writeInt(0x80030002).writeInt(0x00000006).writeInt(3).writeShort(7); // SYN_REPLY
        all.writeBytes(Spdy.dataHeader(3, 1, false)).writeByte('a');
        all.writeBytes(Spdy.ping(2));
        all.writeInt(0x80030009).writeInt(8).writeInt(3).writeInt(9); // WINDOW_UPDATE
        all.writeBytes(Spdy.dataHeader(3, 1, true)).writeByte('b');
        all.writeBytes(Spdy.dataHeader(1, 0, true));
        all.writeBytes(Spdy.reset(3));
        all.writeInt(0x80030007).writeInt(8).writeLong(0); // GOAWAY
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 8, 11, 1000})
    void readsFramesWhereverTheyAreCut(int size) {
        Log log = new Log();
        SpdyReader reader = new SpdyReader(log);
        ByteBuf all = frames();
        while (all.isReadable()) {
            reader.read(all.readSlice(Math.min(size, all.readableBytes())));
        }
        assertThat(log.data).hasToString("3a3b");
        assertThat(log.lines).containsExactly("ping 2", "end 3", "end 1", "reset 3 5", "go away");
    }

    @Test
    void refusesAControlFrameThatIsTooLongOrTooShort() {
        SpdyReader reader = new SpdyReader(new Log());
        ByteBuf huge = Unpooled.buffer().writeInt(0x80030002).writeInt(0xffffff);
        assertThatThrownBy(() -> reader.read(huge)).isInstanceOf(CorruptedFrameException.class);
        SpdyReader second = new SpdyReader(new Log());
        ByteBuf cut = Unpooled.buffer().writeInt(0x80030006).writeInt(2).writeShort(1);
        assertThatThrownBy(() -> second.read(cut)).isInstanceOf(CorruptedFrameException.class);
    }
}
