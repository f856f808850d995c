package dev.mirrord.sidecar;

import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAnswer;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileAttributes.FileTime;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.FileRequestCodec;
import dev.mirrord.protocol.files.PathBytes;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The files of {@link SelfTestAgent}'s target: one directory of small ones. */
final class SelfTestFiles implements StreamListener {
    private static final int FILES = 500;
    private static final int SIZE = 2048;
    private static final FileTime THEN = new FileTime(1, 2);

    @Override
    public void onData(TunnelStream stream, ByteBuf data) {
        stream.consumed(data.readableBytes());
        int id = data.readInt();
        FileRequest request = FileRequestCodec.read(data);
        data.release();
        ByteBuf answer = new FileAnswer(id, false, 0).write(Unpooled.buffer());
        switch (request) {
            case FileRequest.ListEntries _ -> {
                answer.writeBoolean(false);
                for (int i = 0; i < FILES; i++) {
                    PathBytes name = PathBytes.of("f" + i);
                    new DirectoryEntry(name, file(name.hashCode()), PathBytes.ROOT).write(answer);
                }
            }
            case FileRequest.Lookup(var path) -> {
                file(path.hashCode()).write(answer);
                FileRequestCodec.path(answer, PathBytes.ROOT);
            }
            case FileRequest.GetAll(var directory, int _, var names) -> {
                for (PathBytes name : names) {
                    FileRequestCodec.path(answer, name);
                    file(directory.resolve(name).hashCode()).write(answer);
                    answer.writeByte(1).writeZero(SIZE);
                }
            }
            case FileRequest.Open(var path, int _, int _, int _) -> {
                file(path.hashCode()).write(answer.writeInt(1));
                answer.writeByte(0);
            }
            case FileRequest.Read _ -> answer.writeZero(SIZE);
            default -> {}
        }
        stream.writeMessage(answer);
    }

    private static FileAttributes file(int inode) {
        return new FileAttributes(
                1, inode, 0100644, 1, 0, 0, 0, SIZE, SIZE, 8, THEN, THEN, THEN, THEN);
    }

    @Override
    public void onEnd(TunnelStream stream) {
        stream.end();
    }

    @Override
    public void onReset(TunnelStream stream, int errno) {}
}
