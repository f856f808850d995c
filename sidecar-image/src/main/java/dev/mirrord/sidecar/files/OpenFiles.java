package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.file.OpenFlags;
import dev.mirrord.protocol.files.DirectoryEntry;
import dev.mirrord.protocol.files.FileAttributes;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.PathBytes;
import dev.mirrord.sidecar.files.Node.Content;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Files that the kernel has open.
 *
 * <pre>
 *   small, read-only, known --&gt; all of it is here --changed in the target--&gt; open at the agent
 *   anything else --&gt; open at the agent --agent lost--&gt; opened again by its path
 * </pre>
 */
final class OpenFiles {
    private static final int KEEP_CACHE = 2;
    private static final int DIRECT = 1;
    private static final int NO_FLUSH = 32;

    private final Services services;
    private final SmallFiles small;
    private final OpenAtAgent atAgent;
    private final AtomicLong next = new AtomicLong(1);
    private final Map<Long, OpenFile> open = new ConcurrentHashMap<>();

    OpenFiles(Services services, SmallFiles small) {
        this.services = services;
        this.small = small;
        this.atAgent = new OpenAtAgent(services, small);
    }

    Optional<OpenFile> find(long id) {
        return Optional.ofNullable(open.get(id));
    }

    void open(long unique, long id, int flags) {
        Optional<Node> found = services.tree().find(id);
        if (found.isEmpty()) {
            services.kernel().error(unique, Errno.ESTALE);
            return;
        }
        Node node = found.get();
        OpenFile file = new OpenFile(next.getAndIncrement(), node, flags);
        if (file.isReadOnly() && (flags & OpenFlags.TRUNCATE) == 0) {
            synchronized (services.tree()) {
                Content content = small.fresh(node, System.nanoTime());
                if (content != null) {
                    file.content = content;
                    opened(unique, file, node.attributes);
                    return;
                }
                if (small.await(node, () -> open(unique, id, flags))) {
                    return;
                }
            }
            atAgent.open(
                    file,
                    flags,
                    () -> opened(unique, file, node.attributes),
                    errno -> services.kernel().error(unique, errno));
            small.opened(node);
            return;
        }
        synchronized (services.tree()) {
            written(node);
        }
        atAgent.open(
                file,
                flags,
                () -> opened(unique, file, node.attributes),
                errno -> services.kernel().error(unique, errno));
    }

    private void opened(long unique, OpenFile file, FileAttributes attributes) {
        open.put(file.id, file);
        int options = flush(file);
        synchronized (services.tree()) {
            FileAttributes before = file.node.cached;
            if (file.direct) {
                options |= DIRECT;
            } else if (before != null && before.isSameContent(attributes)) {
                options |= KEEP_CACHE;
            }
            file.node.cached = attributes;
            file.node.open.add(file);
        }
        int told = options;
        boolean heard =
                services.kernel().send(unique, out -> out.putLong(file.id).putInt(told).putInt(0));
        if (!heard) {
            close(file);
        }
    }

    /** Close tells what became of mapped memory: the kernel writes it back then. */
    private static int flush(OpenFile file) {
        return file.isReadOnly() ? NO_FLUSH : 0;
    }

    void create(long unique, long directory, PathBytes name, int flags, int mode) {
        Optional<NodeTree.Place> parent = services.tree().place(directory);
        Optional<FilesWay> way = services.agent().way();
        if (parent.isEmpty() || way.isEmpty()) {
            services.kernel().error(unique, way.isEmpty() ? Errno.EIO : Errno.ESTALE);
            return;
        }
        long asked = System.nanoTime();
        way.get()
                .ask(
                        new FileRequest.Open(
                                parent.get().path().resolve(name),
                                flags | OpenFlags.CREATE,
                                mode,
                                0),
                        Parsed.of(
                                body ->
                                        created(
                                                unique,
                                                parent.get().node(),
                                                name,
                                                flags,
                                                way.get(),
                                                body,
                                                asked),
                                errno -> services.kernel().error(unique, errno)));
    }

    private void created(
            long unique,
            Node parent,
            PathBytes name,
            int flags,
            FilesWay way,
            ByteBuf body,
            long asked) {
        int handle = body.readInt();
        FileAttributes attributes = FileAttributes.read(body);
        Node node;
        OpenFile file;
        synchronized (services.tree()) {
            node =
                    services.tree()
                            .made(
                                    parent,
                                    new DirectoryEntry(name, attributes, PathBytes.ROOT),
                                    asked);
            file = new OpenFile(next.getAndIncrement(), node, flags);
            file.way = way;
            file.handle = handle;
            node.open.add(file);
            open.put(file.id, file);
        }
        long inode = services.tree().inode(attributes);
        boolean heard =
                services.kernel()
                        .send(
                                unique,
                                out -> {
                                    FuseOutput.entry(
                                            out, node.id, attributes, inode, Node.VALID_NANOS);
                                    out.putLong(file.id).putInt(flush(file)).putInt(0);
                                });
        if (!heard) {
            close(file);
            services.tree().forget(node.id, 1);
        }
    }

    void read(long unique, long id, long offset, int size) {
        OpenFile file = open.get(id);
        if (file == null) {
            services.kernel().error(unique, Errno.EBADF);
            return;
        }
        Content content = file.content;
        if (content != null && isCurrent(file, content)) {
            tell(unique, content, offset, size);
            return;
        }
        atAgent.with(
                file,
                () -> readAtAgent(unique, file, offset, size),
                errno -> {
                    if (content != null && errno != Errno.EIO) {
                        // Removed or replaced: who has it open goes on to see what it was.
                        tell(unique, content, offset, size);
                    } else {
                        services.kernel().error(unique, errno);
                    }
                });
    }

    private boolean isCurrent(OpenFile file, Content content) {
        synchronized (services.tree()) {
            return file.node.isFresh(System.nanoTime())
                    && file.node.attributes.isSameContent(content.attributes());
        }
    }

    private void tell(long unique, Content content, long offset, int size) {
        byte[] bytes = content.bytes();
        int from = (int) Math.min(offset, bytes.length);
        int count = Math.min(size, bytes.length - from);
        ByteBuf data = FuseOutput.data(count);
        services.kernel().send(unique, data.writeBytes(bytes, from, count));
    }

    private void readAtAgent(long unique, OpenFile file, long offset, int size) {
        ReadAhead ahead = null;
        FilesWay way;
        int handle;
        synchronized (file) {
            way = file.way;
            handle = file.handle;
            if (file.isReadOnly() && !file.direct && way != null) {
                if (file.ahead == null) {
                    file.ahead =
                            new ReadAhead(
                                    services.kernel(),
                                    way,
                                    handle,
                                    content -> small.keep(file.node, content));
                }
                ahead = file.ahead;
            }
        }
        if (way == null) {
            services.kernel().error(unique, Errno.EIO);
        } else if (ahead == null || !ahead.read(unique, offset, size, file.node.attributes)) {
            way.ask(
                    new FileRequest.Read(handle, offset, size),
                    new Data(services.kernel(), unique, size));
        }
    }

    /** Collects what was read and answers with it. */
    private static final class Data implements Answer {
        private final FuseOutput kernel;
        private final long unique;
        private final ByteBuf data;

        Data(FuseOutput kernel, long unique, int size) {
            this.kernel = kernel;
            this.unique = unique;
            this.data = FuseOutput.data(size);
        }

        @Override
        public void part(ByteBuf body, boolean more) {
            data.writeBytes(body);
            if (!more) {
                kernel.send(unique, data);
            }
        }

        @Override
        public void failed(int errno) {
            data.release();
            kernel.error(unique, errno);
        }
    }

    void write(long unique, long id, long offset, ByteBuf data, boolean whole) {
        OpenFile file = open.get(id);
        if (file == null) {
            data.release();
            services.kernel().error(unique, Errno.EBADF);
            return;
        }
        atAgent.with(
                file,
                () -> new Writing(services, file, unique, offset, data, whole).start(),
                errno -> {
                    data.release();
                    services.kernel().error(unique, errno);
                });
    }

    /** Content of this file is another now. */
    static void written(Node node) {
        node.until = 0;
        node.cached = null;
        Node parent = node.parent;
        if (parent != null) {
            parent.contents.remove(node.name);
            parent.listing = null;
            parent.version++;
        }
    }

    /** Something else with an open file, answered by nothing or by what {@code told} writes. */
    void onOpen(long unique, long id, HandleRequest request, Parsed answer) {
        OpenFile file = open.get(id);
        if (file == null) {
            services.kernel().error(unique, Errno.EBADF);
            return;
        }
        atAgent.with(
                file,
                () -> {
                    FilesWay way = file.way;
                    if (way == null) {
                        answer.failed(Errno.EIO);
                    } else {
                        way.ask(request.of(file.handle), answer);
                    }
                },
                answer::failed);
    }

    /** A request about an open file. */
    interface HandleRequest {
        FileRequest of(int handle);
    }

    void close(long unique, long id) {
        OpenFile file = open.get(id);
        if (file != null) {
            close(file);
        }
        services.kernel().done(unique);
    }

    private void close(OpenFile file) {
        open.remove(file.id);
        atAgent.close(file);
        synchronized (services.tree()) {
            file.node.open.remove(file);
            services.tree().drop(file.node);
        }
    }
}
