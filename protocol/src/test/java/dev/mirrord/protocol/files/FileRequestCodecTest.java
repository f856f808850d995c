package dev.mirrord.protocol.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mirrord.protocol.files.FileAttributes.FileTime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileRequestCodecTest {
    private static final PathBytes ODD = new PathBytes(new byte[] {'a', '\n', (byte) 0xff, '/'});
    private static final PathBytes OTHER = PathBytes.of("etc/passwd");
    private static final List<FileRequest> ALL =
            List.of(
                    new FileRequest.Lookup(ODD),
                    new FileRequest.ListEntries(PathBytes.ROOT, 7),
                    new FileRequest.GetAll(ODD, 65536, List.of(OTHER, ODD)),
                    new FileRequest.Open(OTHER, 0x241, 0640, 9),
                    new FileRequest.MakeDirectory(OTHER, 01777),
                    new FileRequest.MakeNode(OTHER, 0010644, 5),
                    new FileRequest.MakeSymbolicLink(OTHER, ODD),
                    new FileRequest.MakeLink(ODD, OTHER),
                    new FileRequest.Rename(ODD, OTHER, 2),
                    new FileRequest.Unlink(ODD),
                    new FileRequest.RemoveDirectory(ODD),
                    new FileRequest.FileSystem(ODD),
                    new FileRequest.Access(ODD, 6),
                    new FileRequest.GetExtended(ODD, OTHER),
                    new FileRequest.SetExtended(ODD, OTHER, new PathBytes(new byte[] {0, 1, 0}), 1),
                    new FileRequest.ListExtended(ODD),
                    new FileRequest.RemoveExtended(ODD, OTHER),
                    new FileRequest.Change(
                            ODD,
                            3,
                            new AttributeChange(
                                    127,
                                    0777,
                                    -1,
                                    5,
                                    1L << 40,
                                    new FileTime(-1, 2),
                                    new FileTime(3, 4))),
                    new FileRequest.Attributes(-5),
                    new FileRequest.Read(1, 1L << 50, 1 << 20),
                    new FileRequest.Write(2, 5),
                    new FileRequest.Sync(2, true),
                    new FileRequest.Allocate(2, 3, 4, 5),
                    new FileRequest.Seek(2, 77, 4),
                    new FileRequest.Close(2));

    @Test
    void everyRequestArrivesAsItWasSent() {
        assertThat(ALL.stream().map(Object::getClass).distinct())
                .hasSize(FileRequest.class.getPermittedSubclasses().length);
        for (FileRequest request : ALL) {
            ByteBuf coded = FileRequestCodec.write(Unpooled.buffer(), request);
            assertThat(FileRequestCodec.read(coded)).isEqualTo(request);
            assertThat(coded.isReadable()).isFalse();
        }
    }

    @Test
    void aRequestThatIsCutShortIsRefused() {
        for (FileRequest request : ALL) {
            ByteBuf coded = FileRequestCodec.write(Unpooled.buffer(), request);
            for (int length = 0; length < coded.readableBytes(); length++) {
                ByteBuf cut = coded.slice(0, length);
                assertThatThrownBy(() -> FileRequestCodec.read(cut))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void randomBytesAreRefusedOrRead() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            try {
                FileRequestCodec.read(Unpooled.wrappedBuffer(bytes));
            } catch (IllegalArgumentException | IndexOutOfBoundsException expected) {
                assertThat(expected).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void aPathWithNulIsRefused() {
        ByteBuf coded = Unpooled.buffer().writeByte(1).writeShort(3).writeBytes(new byte[3]);
        assertThatThrownBy(() -> FileRequestCodec.read(coded))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPathHasAParentAndAName() {
        assertThat(OTHER.parent()).isEqualTo(PathBytes.of("etc"));
        assertThat(OTHER.name()).isEqualTo(PathBytes.of("passwd"));
        assertThat(PathBytes.of("etc").parent()).isEqualTo(PathBytes.ROOT);
        assertThat(OTHER.parent().resolve(OTHER.name())).isEqualTo(OTHER);
    }
}
