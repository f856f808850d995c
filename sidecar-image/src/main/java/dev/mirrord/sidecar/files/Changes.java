package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.AttributeChange;
import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileAttributes.FileTime;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.FileRequestCodec;
import dev.mirrord.protocol.files.PathBytes;
import dev.mirrord.sidecar.files.NodeTree.Place;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What makes, moves and removes files, and changes their attributes. */
final class Changes {
    private static final int EXCHANGE = 2;

    /** Bits of struct fuse_setattr_in. */
    private static final int FILE_HANDLE = 1 << 6;

    private final Services services;
    private final OpenFiles files;

    Changes(Services services, OpenFiles files) {
        this.services = services;
        this.files = files;
    }

    /** Makes something in a directory and tells the kernel what it is. */
    void make(
            long unique, long directory, PathBytes name, Function<PathBytes, FileRequest> request) {
        make(unique, directory, name, request, null);
    }

    /**
     * @param other of which a name more is made
     */
    private void make(
            long unique,
            long directory,
            PathBytes name,
            Function<PathBytes, FileRequest> request,
            @Nullable Node other) {
        Optional<Place> parent = services.tree().place(directory);
        if (parent.isEmpty()) {
            services.kernel().error(unique, Errno.ESTALE);
            return;
        }
        long asked = System.nanoTime();
        FileRequest made = request.apply(parent.get().path().resolve(name));
        services.agent()
                .ask(
                        made,
                        Parsed.of(
                                body ->
                                        made(
                                                unique,
                                                parent.get().node(),
                                                name,
                                                linkOf(made, other),
                                                other,
                                                body,
                                                asked),
                                errno -> services.kernel().error(unique, errno)));
    }

    /** What a symbolic link leads to. */
    private static PathBytes linkOf(FileRequest request, @Nullable Node other) {
        if (request instanceof FileRequest.MakeSymbolicLink(var _, var target)) {
            return target;
        }
        return other == null ? PathBytes.ROOT : other.link;
    }

    private void made(
            long unique,
            Node parent,
            PathBytes name,
            PathBytes link,
            @Nullable Node other,
            ByteBuf body,
            long asked) {
        FileAttributes attributes = FileAttributes.read(body);
        FileRequestCodec.path(body);
        if (other != null) {
            synchronized (services.tree()) {
                // It has several names now: when one goes the others have to hear of it.
                other.learn(attributes, link, asked);
            }
        }
        Node node = services.tree().made(parent, new DirectoryEntry(name, attributes, link), asked);
        long inode = services.tree().inode(attributes);
        Runnable answer =
                () ->
                        services.kernel()
                                .send(
                                        unique,
                                        out ->
                                                FuseOutput.entry(
                                                        out,
                                                        node.id,
                                                        attributes,
                                                        inode,
                                                        Node.VALID_NANOS));
        services.links().changed(node, answer);
    }

    void link(long unique, long from, long directory, PathBytes name) {
        Optional<Place> old = services.tree().place(from);
        if (old.isEmpty()) {
            services.kernel().error(unique, Errno.ESTALE);
            return;
        }
        make(
                unique,
                directory,
                name,
                path -> new FileRequest.MakeLink(old.get().path(), path),
                old.get().node());
    }

    void remove(
            long unique, long directory, PathBytes name, Function<PathBytes, FileRequest> request) {
        Optional<Place> parent = services.tree().place(directory);
        if (parent.isEmpty()) {
            services.kernel().error(unique, Errno.ESTALE);
            return;
        }
        services.agent()
                .ask(
                        request.apply(parent.get().path().resolve(name)),
                        Parsed.of(
                                _ -> {
                                    Node gone;
                                    synchronized (services.tree()) {
                                        parent.get().node().changed();
                                        parent.get().node().contents.remove(name);
                                        gone = parent.get().node().children.get(name);
                                        if (gone != null) {
                                            gone.until = 0;
                                            services.tree().detach(gone);
                                        }
                                    }
                                    removed(unique, gone);
                                },
                                errno -> services.kernel().error(unique, errno)));
    }

    private void removed(long unique, @Nullable Node gone) {
        if (gone == null) {
            services.kernel().done(unique);
        } else {
            services.links().changed(gone, () -> services.kernel().done(unique));
        }
    }

    void rename(long unique, long from, PathBytes name, long to, PathBytes newName, int flags) {
        Optional<Place> source = services.tree().place(from);
        Optional<Place> target = services.tree().place(to);
        if (source.isEmpty() || target.isEmpty()) {
            services.kernel().error(unique, Errno.ESTALE);
            return;
        }
        services.agent()
                .ask(
                        new FileRequest.Rename(
                                source.get().path().resolve(name),
                                target.get().path().resolve(newName),
                                flags),
                        Parsed.of(
                                _ -> {
                                    synchronized (services.tree()) {
                                        source.get().node().changed();
                                        target.get().node().changed();
                                        services.tree()
                                                .move(
                                                        source.get().node(),
                                                        name,
                                                        target.get().node(),
                                                        newName,
                                                        (flags & EXCHANGE) != 0);
                                    }
                                    services.kernel().done(unique);
                                },
                                errno -> services.kernel().error(unique, errno)));
    }

    /** struct fuse_setattr_in. */
    void attributes(long unique, FuseInput in) {
        Optional<Node> found = services.tree().find(in.node());
        if (found.isEmpty()) {
            services.kernel().error(unique, Errno.ESTALE);
            return;
        }
        Node node = found.get();
        int valid = in.integer(0);
        AttributeChange change = change(in, valid);
        long asked = System.nanoTime();
        Parsed answer =
                Parsed.of(
                        body -> changed(unique, node, FileAttributes.read(body), asked),
                        errno -> services.kernel().error(unique, errno));
        OpenFile open = (valid & FILE_HANDLE) == 0 ? null : files.find(in.number(8)).orElse(null);
        OpenFile useful = open != null && !open.isReadOnly() ? open : writable(node);
        Optional<PathBytes> path = services.tree().path(node);
        if (useful != null && (path.isEmpty() || change.has(AttributeChange.SIZE))) {
            files.onOpen(
                    unique,
                    useful.id,
                    handle -> new FileRequest.Change(PathBytes.ROOT, handle, change),
                    answer);
        } else if (path.isPresent()) {
            services.agent().ask(new FileRequest.Change(path.get(), 0, change), answer);
        } else {
            services.kernel().error(unique, Errno.ESTALE);
        }
    }

    private @Nullable OpenFile writable(Node node) {
        synchronized (services.tree()) {
            OpenFile any = null;
            for (OpenFile file : node.open) {
                any = file;
                if (!file.isReadOnly()) {
                    return file;
                }
            }
            return services.tree().path(node).isEmpty() ? any : null;
        }
    }

    private void changed(long unique, Node node, FileAttributes now, long asked) {
        synchronized (services.tree()) {
            OpenFiles.written(node);
            node.learn(now, node.link, asked);
        }
        long inode = services.tree().inode(now);
        Runnable answer =
                () ->
                        services.kernel()
                                .send(
                                        unique,
                                        out ->
                                                FuseOutput.attributesOut(
                                                        out, now, inode, Node.VALID_NANOS));
        services.links().changed(node, answer);
    }

    private static AttributeChange change(FuseInput in, int valid) {
        int which = 0;
        which |= (valid & 1) != 0 ? AttributeChange.MODE : 0;
        which |= (valid & 2) != 0 ? AttributeChange.UID : 0;
        which |= (valid & 4) != 0 ? AttributeChange.GID : 0;
        which |= (valid & 8) != 0 ? AttributeChange.SIZE : 0;
        boolean accessedNow = (valid & 128) != 0;
        boolean modifiedNow = (valid & 256) != 0;
        if (accessedNow) {
            which |= AttributeChange.ACCESSED_NOW;
        } else if ((valid & 16) != 0) {
            which |= AttributeChange.ACCESSED;
        }
        if (modifiedNow) {
            which |= AttributeChange.MODIFIED_NOW;
        } else if ((valid & 32) != 0) {
            which |= AttributeChange.MODIFIED;
        }
        return new AttributeChange(
                which,
                in.integer(68),
                in.integer(76),
                in.integer(80),
                in.number(16),
                new FileTime(in.number(32), in.integer(56)),
                new FileTime(in.number(40), in.integer(60)));
    }

    /** Something that changes the file's ctime. */
    void touched(long unique, long id, Function<PathBytes, FileRequest> request) {
        onPath(
                unique,
                id,
                request,
                _ -> {
                    synchronized (services.tree()) {
                        services.tree().find(id).ifPresent(OpenFiles::written);
                    }
                    services.kernel().done(unique);
                });
    }

    /** Something that answers nothing. */
    void plain(long unique, long id, Function<PathBytes, FileRequest> request) {
        onPath(unique, id, request, _ -> services.kernel().done(unique));
    }

    void onPath(
            long unique,
            long id,
            Function<PathBytes, FileRequest> request,
            java.util.function.Consumer<ByteBuf> told) {
        Optional<PathBytes> path = services.tree().find(id).flatMap(services.tree()::path);
        if (path.isEmpty()) {
            services.kernel().error(unique, Errno.ENOENT);
            return;
        }
        services.agent()
                .ask(
                        request.apply(path.get()),
                        Parsed.of(told, errno -> services.kernel().error(unique, errno)));
    }
}
