package dev.mirrord.protocol.files;

import java.util.List;

/**
 * One operation on the target's files; docs/protocol.md says what each one answers. Paths are
 * resolved in the target's root, their last name is not followed. Modes, flags and masks are
 * Linux's numbers of x86-64.
 */
public sealed interface FileRequest {
    /** Operations on a path. */
    record Lookup(PathBytes path) implements FileRequest {}

    /**
     * @param most entries that are of use; more are not told
     */
    record ListEntries(PathBytes path, int most) implements FileRequest {}

    /**
     * Attributes and contents of small regular files of one directory.
     *
     * @param most bytes of a file whose content is of use
     */
    record GetAll(PathBytes directory, int most, List<PathBytes> names) implements FileRequest {}

    /**
     * @param mode of a file that is created
     * @param most the answer brings the content of a file that has no more bytes
     */
    record Open(PathBytes path, int flags, int mode, int most) implements FileRequest {}

    record MakeDirectory(PathBytes path, int mode) implements FileRequest {}

    record MakeNode(PathBytes path, int mode, int device) implements FileRequest {}

    record MakeSymbolicLink(PathBytes path, PathBytes target) implements FileRequest {}

    record MakeLink(PathBytes from, PathBytes path) implements FileRequest {}

    record Rename(PathBytes from, PathBytes path, int flags) implements FileRequest {}

    record Unlink(PathBytes path) implements FileRequest {}

    record RemoveDirectory(PathBytes path) implements FileRequest {}

    record FileSystem(PathBytes path) implements FileRequest {}

    record Access(PathBytes path, int mask) implements FileRequest {}

    record GetExtended(PathBytes path, PathBytes name) implements FileRequest {}

    record SetExtended(PathBytes path, PathBytes name, PathBytes value, int flags)
            implements FileRequest {}

    record ListExtended(PathBytes path) implements FileRequest {}

    record RemoveExtended(PathBytes path, PathBytes name) implements FileRequest {}

    /** Changes attributes of the open file {@code handle}, or of the path if that is 0. */
    record Change(PathBytes path, int handle, AttributeChange change) implements FileRequest {}

    /** Operations on an open file. */
    record Attributes(int handle) implements FileRequest {}

    record Read(int handle, long offset, int size) implements FileRequest {}

    /** The data follows as the rest of the message. */
    record Write(int handle, long offset) implements FileRequest {}

    record Sync(int handle, boolean dataOnly) implements FileRequest {}

    record Allocate(int handle, int mode, long offset, long length) implements FileRequest {}

    record Seek(int handle, long offset, int whence) implements FileRequest {}

    record Close(int handle) implements FileRequest {}
}
