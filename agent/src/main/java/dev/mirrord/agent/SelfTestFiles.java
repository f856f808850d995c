package dev.mirrord.agent;

import dev.mirrord.protocol.files.FileAnswer;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.FileRequestCodec;
import dev.mirrord.protocol.files.PathBytes;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Looks at files again and again, so that the class cache holds what a session needs for them. */
final class SelfTestFiles implements StreamListener {
    private static final PathBytes DIRECTORY = PathBytes.of("etc");
    private static final PathBytes NAME = PathBytes.of("passwd");
    private static final PathBytes FILE = DIRECTORY.resolve(NAME);
    private static final List<PathBytes> NAMES = Collections.nCopies(8, NAME);
    private static final int ROUNDS = 4000;
    private static final int IN_FLIGHT = 16;
    private static final int MOST = 1024;

    final CompletableFuture<Integer> answered = new CompletableFuture<>();
    private int asked;
    private int done;

    /** Asks the first requests; each answer asks the next. */
    void start(TunnelStream stream) {
        for (int i = 0; i < IN_FLIGHT; i++) {
            ask(stream);
        }
    }

    private void ask(TunnelStream stream) {
        FileRequest request =
                switch (asked % 64) {
                    case 0 -> new FileRequest.ListEntries(DIRECTORY, MOST);
                    case 1 -> new FileRequest.Open(FILE, 0, 0, 0);
                    case 2 -> new FileRequest.Read(1, 0, MOST);
                    case 3 -> new FileRequest.Attributes(1);
                    default ->
                            asked % 2 == 0
                                    ? new FileRequest.Lookup(FILE)
                                    : new FileRequest.GetAll(DIRECTORY, 1 << 16, NAMES);
                };
        stream.writeMessage(FileRequestCodec.write(Unpooled.buffer().writeInt(asked++), request));
    }

    @Override
    public void onData(TunnelStream stream, ByteBuf data) {
        stream.consumed(data.readableBytes());
        boolean more = FileAnswer.read(data).more();
        data.release();
        if (more) {
            return;
        }
        if (++done == ROUNDS) {
            stream.end();
            answered.complete(done);
        } else if (asked < ROUNDS) {
            ask(stream);
        }
    }

    @Override
    public void onEnd(TunnelStream stream) {}

    @Override
    public void onReset(TunnelStream stream, int errno) {
        answered.completeExceptionally(new IOException("no files, errno " + errno));
    }
}
