package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/** An answer of one message that somebody reads; what goes wrong is told as an errno. */
interface Parsed extends Answer {
    void read(ByteBuf body);

    @Override
    default void part(ByteBuf body, boolean more) {
        try {
            read(body);
        } catch (IndexOutOfBoundsException e) {
            failed(Errno.EIO);
        }
    }

    static Parsed of(Consumer<ByteBuf> read, java.util.function.IntConsumer failed) {
        return new Parsed() {
            @Override
            public void read(ByteBuf body) {
                read.accept(body);
            }

            @Override
            public void failed(int errno) {
                failed.accept(errno);
            }
        };
    }
}
