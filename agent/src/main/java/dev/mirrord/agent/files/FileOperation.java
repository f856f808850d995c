package dev.mirrord.agent.files;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.linux.file.FileCalls;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.protocol.files.AttributeChange;
import dev.mirrord.protocol.files.FileAnswer;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.FileRequestCodec;
import dev.mirrord.protocol.files.PathBytes;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** One request being answered, on a thread that is the target's user. */
final class FileOperation {
    private static final int LINK_MOST = 4096;
    private static final int VALUE_MOST = 65536;
    private static final int ATTRIBUTES_ROOM = 256;
    private static final byte[] NOTHING = {};

    private final int root;
    private final OpenFiles open;
    private final Answers answers;
    private final Scratch scratch;
    private final int id;

    FileOperation(int root, OpenFiles open, Answers answers, Scratch scratch, int id) {
        this.root = root;
        this.open = open;
        this.answers = answers;
        this.scratch = scratch;
        this.id = id;
    }

    /**
     * @param data what follows the request in its message
     */
    void perform(FileRequest request, ByteBuf data) {
        switch (request) {
            case FileRequest.Lookup(var path) -> onItself(path, this::tell);
            case FileRequest.ListEntries(var path, int most) ->
                    new Listing(root, answers, scratch, id).list(path, most);
            case FileRequest.GetAll(var directory, int most, var names) ->
                    onItself(
                            directory,
                            fd -> new Contents(fd, answers, scratch, id).tell(names, most));
            case FileRequest.Open(var path, int flags, int mode, int most) ->
                    open(path, flags, mode, most);
            case FileRequest.MakeDirectory(var path, int mode) ->
                    made(path, (in, name) -> FileCalls.makeDirectory(in, name, mode));
            case FileRequest.MakeNode(var path, int mode, int device) ->
                    made(path, (in, name) -> FileCalls.makeNode(in, name, mode, device));
            case FileRequest.MakeSymbolicLink(var path, var target) ->
                    made(path, (in, name) -> FileCalls.symbolicLink(target.bytes(), in, name));
            case FileRequest.MakeLink(var from, var path) ->
                    made(
                            path,
                            (in, name) ->
                                    inParent(
                                            from,
                                            (other, old) -> FileCalls.link(other, old, in, name)));
            case FileRequest.Rename(var from, var path, int flags) ->
                    done(
                            inParent(
                                    path,
                                    (in, name) ->
                                            inParent(
                                                    from,
                                                    (other, old) ->
                                                            FileCalls.rename(
                                                                    other, old, in, name, flags))));
            case FileRequest.Unlink(var path) -> done(inParent(path, FileCalls::unlink));
            case FileRequest.RemoveDirectory(var path) ->
                    done(inParent(path, FileCalls::removeDirectory));
            case FileRequest.FileSystem(var path) -> onItself(path, this::tellFileSystem);
            case FileRequest.Access(var path, int mask) ->
                    onItself(path, fd -> done(FileCalls.access(fd, mask)));
            case FileRequest.GetExtended(var path, var name) ->
                    onItself(path, fd -> value(FileCalls.getAttribute(fd, name.bytes(), values())));
            case FileRequest.SetExtended(var path, var name, var value, int flags) ->
                    onItself(
                            path,
                            fd ->
                                    done(
                                            FileCalls.setAttribute(
                                                    fd, name.bytes(), value.bytes(), flags)));
            case FileRequest.ListExtended(var path) ->
                    onItself(path, fd -> value(FileCalls.listAttributes(fd, values())));
            case FileRequest.RemoveExtended(var path, var name) ->
                    onItself(path, fd -> done(FileCalls.removeAttribute(fd, name.bytes())));
            case FileRequest.Change(var path, int handle, var change) -> {
                if (handle == 0) {
                    onItself(path, fd -> change(fd, true, change));
                } else {
                    onOpen(handle, fd -> change(fd, false, change));
                }
            }
            case FileRequest.Attributes(int handle) -> onOpen(handle, this::tell);
            case FileRequest.Read(int handle, long offset, int size) ->
                    onOpen(handle, fd -> read(fd, offset, size));
            case FileRequest.Write(int handle, long offset) ->
                    onOpen(handle, fd -> write(fd, offset, data));
            case FileRequest.Sync(int handle, boolean dataOnly) ->
                    onOpen(handle, fd -> done(FileCalls.sync(fd, dataOnly)));
            case FileRequest.Allocate(int handle, int mode, long offset, long length) ->
                    onOpen(handle, fd -> done(FileCalls.allocate(fd, mode, offset, length)));
            case FileRequest.Seek(int handle, long offset, int whence) ->
                    onOpen(handle, fd -> seek(fd, offset, whence));
            case FileRequest.Close(int handle) -> {
                open.close(handle);
                done(0);
            }
        }
    }

    /** Something to do with a descriptor; answers. */
    private interface OnDescriptor {
        void perform(int fd);
    }

    /** Something to do with a name in a directory; returns 0 or -errno. */
    private interface InDirectory {
        int perform(int directory, byte[] name);
    }

    private void onItself(PathBytes path, OnDescriptor action) {
        int flags = OpenFlags.PATH | OpenFlags.NO_FOLLOW;
        int fd = FileCalls.openInRoot(root, path.bytes(), flags, 0);
        if (fd < 0) {
            answers.fail(id, -fd);
            return;
        }
        try {
            action.perform(fd);
        } finally {
            Descriptors.close(fd);
        }
    }

    private void open(PathBytes path, int flags, int mode, int most) {
        Opening opening = new Opening(root, scratch);
        int fd = opening.open(path, flags, mode);
        if (fd < 0) {
            answers.fail(id, -fd);
            return;
        }
        FileAttributes attributes = scratch.attributes();
        boolean readable = (flags & OpenFlags.ACCESS_MODE) == OpenFlags.READ_ONLY;
        ByteBuf answer = Answers.message(id, false, 0, ATTRIBUTES_ROOM);
        attributes.write(answer.writeInt(open.add(fd)));
        opening.content(fd, attributes, readable ? FileAnswer.usefulBytes(most) : 0, answer);
        answers.send(answer);
    }

    private void onOpen(int handle, OnDescriptor action) {
        int fd = open.get(handle);
        if (fd < 0) {
            answers.fail(id, -fd);
        } else {
            action.perform(fd);
        }
    }

    private int inParent(PathBytes path, InDirectory action) {
        byte[] name = path.name().bytes();
        if (name.length == 0 || isDots(name)) {
            return -Errno.EINVAL;
        }
        int flags = OpenFlags.PATH | OpenFlags.DIRECTORY;
        int directory = FileCalls.openInRoot(root, path.parent().bytes(), flags, 0);
        if (directory < 0) {
            return directory;
        }
        try {
            return action.perform(directory, name);
        } finally {
            Descriptors.close(directory);
        }
    }

    /** Names that lead elsewhere. */
    private static boolean isDots(byte[] name) {
        return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    }

    /** Makes something and tells what has become of it. */
    private void made(PathBytes path, InDirectory action) {
        int result =
                inParent(
                        path,
                        (in, name) -> {
                            int making = action.perform(in, name);
                            return making < 0 ? making : scratch.status(in, name);
                        });
        if (result < 0) {
            answers.fail(id, -result);
        } else {
            ByteBuf answer = Answers.message(id, false, 0, ATTRIBUTES_ROOM);
            scratch.attributes().write(answer);
            answers.send(FileRequestCodec.path(answer, PathBytes.ROOT));
        }
    }

    private void done(int result) {
        answers.send(Answers.message(id, false, result < 0 ? -result : 0, 0));
    }

    private void tell(int fd) {
        int result = scratch.status(fd);
        if (result < 0) {
            answers.fail(id, -result);
            return;
        }
        FileAttributes attributes = scratch.attributes();
        ByteBuf answer = Answers.message(id, false, 0, ATTRIBUTES_ROOM + LINK_MOST);
        attributes.write(answer);
        PathBytes link = attributes.isSymbolicLink() ? scratch.link(fd, NOTHING) : PathBytes.ROOT;
        answers.send(FileRequestCodec.path(answer, link));
    }

    private void tellFileSystem(int fd) {
        ByteBuffer found = scratch.large().limit(FileCalls.STATFS_OCTETS);
        int result = FileCalls.fileSystem(fd, found);
        if (result < 0) {
            answers.fail(id, -result);
            return;
        }
        ByteBuf answer = Answers.message(id, false, 0, ATTRIBUTES_ROOM);
        // struct statfs: blocks, free, available, files, free files; block size, name length,
        // fragment size.
        for (int at = 16; at <= 48; at += 8) {
            answer.writeLong(found.getLong(at));
        }
        answers.send(
                answer.writeInt((int) found.getLong(8))
                        .writeInt((int) found.getLong(64))
                        .writeInt((int) found.getLong(72)));
    }

    private ByteBuffer values() {
        return scratch.large().limit(VALUE_MOST);
    }

    /** Tells what lies in {@link #values}. */
    private void value(int length) {
        if (length < 0) {
            answers.fail(id, -length);
            return;
        }
        ByteBuf answer = Answers.message(id, false, 0, length);
        answers.send(answer.writeBytes(scratch.large().limit(length)));
    }

    private void change(int fd, boolean byPath, AttributeChange change) {
        int result = new Changing(fd, byPath).apply(change);
        if (result < 0) {
            answers.fail(id, -result);
        } else {
            tell(fd);
        }
    }

    private void read(int fd, long offset, int size) {
        long at = offset;
        int left = Math.max(0, size);
        while (true) {
            int most = Math.min(left, FileAnswer.MOST_BYTES);
            ByteBuf answer = Answers.message(id, false, 0, most);
            int got = FileCalls.read(fd, answer.nioBuffer(FileAnswer.HEADER, most), at);
            if (got < 0) {
                answer.release();
                answers.fail(id, -got);
                return;
            }
            at += got;
            left -= got;
            boolean more = got == most && left > 0;
            answer.clear();
            new FileAnswer(id, more, 0).write(answer);
            answers.send(answer.writerIndex(FileAnswer.HEADER + got));
            if (!more) {
                return;
            }
        }
    }

    private void write(int fd, long offset, ByteBuf data) {
        ByteBuffer bytes = scratch.large();
        int size = Math.min(data.readableBytes(), bytes.remaining());
        data.readBytes(bytes.limit(size));
        bytes.flip();
        while (bytes.hasRemaining()) {
            int put = FileCalls.write(fd, bytes, offset + bytes.position());
            if (put <= 0) {
                if (bytes.position() == 0) {
                    answers.fail(id, put == 0 ? Errno.EIO : -put);
                    return;
                }
                break;
            }
            bytes.position(bytes.position() + put);
        }
        answers.send(Answers.message(id, false, 0, 4).writeInt(bytes.position()));
    }

    private void seek(int fd, long offset, int whence) {
        long at = FileCalls.seek(fd, offset, whence);
        if (at < 0) {
            answers.fail(id, (int) -at);
        } else {
            answers.send(Answers.message(id, false, 0, 8).writeLong(at));
        }
    }
}
