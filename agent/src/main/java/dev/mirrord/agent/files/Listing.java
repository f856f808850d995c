package dev.mirrord.agent.files;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAnswer;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.PathBytes;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A directory's entries with their attributes, in as many messages as it takes. */
final class Listing {
    /** Of one entry: attributes, a name, a link. */
    private static final int ENTRY_MOST = 512 + 4096;

    private final int root;
    private final Answers answers;
    private final Scratch scratch;
    private final int id;
    private ByteBuf message;
    private int told;

    Listing(int root, Answers answers, Scratch scratch, int id) {
        this.root = root;
        this.answers = answers;
        this.scratch = scratch;
        this.id = id;
        this.message = start();
    }

    private ByteBuf start() {
        return Answers.message(id, false, 0, FileAnswer.MOST_BYTES + ENTRY_MOST)
                .writeBoolean(false);
    }

    void list(PathBytes path, int most) {
        int flags = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.NO_FOLLOW;
        int directory = FileCalls.openInRoot(root, path.bytes(), flags, 0);
        if (directory < 0) {
            message.release();
            answers.fail(id, -directory);
            return;
        }
        try {
            int result = tell(directory, most);
            if (result < 0) {
                message.release();
                answers.fail(id, -result);
                return;
            }
            message.setBoolean(FileAnswer.HEADER, told > most);
            answers.send(message);
        } finally {
            Descriptors.close(directory);
        }
    }

    private int tell(int directory, int most) {
        while (told <= most) {
            ByteBuffer entries = scratch.large();
            int octets = FileCalls.entries(directory, entries);
            if (octets <= 0) {
                return octets;
            }
            // struct linux_dirent64: inode, offset, u16 length, u8 type, name ending in NUL.
            for (int at = 0; at < octets && told <= most; ) {
                int length = entries.getShort(at + 16) & 0xffff;
                tell(directory, name(entries, at + 19, at + length), most);
                at += length;
            }
        }
        return 0;
    }

    private static byte[] name(ByteBuffer entries, int from, int limit) {
        byte[] name = new byte[limit - from];
        entries.get(from, name);
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return Arrays.copyOf(name, end);
    }

    private void tell(int directory, byte[] name, int most) {
        boolean dots = name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
        // One that has been removed meanwhile is not there.
        if (dots || scratch.status(directory, name) < 0 || ++told > most) {
            return;
        }
        FileAttributes attributes = scratch.attributes();
        PathBytes link =
                attributes.isSymbolicLink() ? scratch.link(directory, name) : PathBytes.ROOT;
        new DirectoryEntry(new PathBytes(name), attributes, link).write(message);
        if (message.readableBytes() >= FileAnswer.MOST_BYTES) {
            FileAnswer.more(message);
            answers.send(message);
            message = start();
        }
    }
}
