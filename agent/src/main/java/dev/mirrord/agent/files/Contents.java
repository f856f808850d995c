package dev.mirrord.agent.files;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.protocol.files.FileAnswer;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileRequestCodec;
import dev.mirrord.protocol.files.PathBytes;
import io.netty.buffer.ByteBuf;
import java.util.List;

/** Small files of one directory with their contents, in as many messages as it takes. */
final class Contents {
    /** Of one file: a name and attributes. */
    private static final int ROOM = 512;

    private final Answers answers;
    private final Scratch scratch;
    private final int id;
    private final Opening opening;
    private ByteBuf message;

    Contents(int directory, Answers answers, Scratch scratch, int id) {
        this.answers = answers;
        this.scratch = scratch;
        this.id = id;
        this.opening = new Opening(directory, scratch);
        this.message = start();
    }

    private ByteBuf start() {
        return Answers.message(id, false, 0, FileAnswer.MOST_BYTES + ROOM);
    }

    /** What cannot be opened is left out. */
    void tell(List<PathBytes> names, int most) {
        int useful = FileAnswer.usefulBytes(most);
        for (PathBytes name : names) {
            int fd = opening.open(name, OpenFlags.READ_ONLY, 0);
            if (fd >= 0) {
                tell(name, fd, useful);
                Descriptors.close(fd);
            }
        }
        answers.send(message);
    }

    private void tell(PathBytes name, int fd, int most) {
        FileAttributes attributes = scratch.attributes();
        long bytes = ROOM + Math.min(attributes.size(), most);
        if (message.readableBytes() + bytes > FileAnswer.MOST_BYTES) {
            FileAnswer.more(message);
            answers.send(message);
            message = start();
        }
        attributes.write(FileRequestCodec.path(message, name));
        opening.content(fd, attributes, most, message);
    }
}
