package dev.mirrord.sidecar.files;

import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.FileRequest;
import dev.mirrord.protocol.files.PathBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** What the kernel's requests (linux/fuse.h) mean, by their numbers. */
final class TargetFileSystem {
    private static final int MAJOR = 7;
    private static final int MINOR = 38;
    private static final int MOST_WRITE = 1 << 20;
    private static final int MOST_PAGES = 256;

    private static final int WRITE_CACHE = 1;

    private static final int ASYNC_READ = 1;
    private static final int ATOMIC_TRUNCATE = 1 << 3;
    private static final int BIG_WRITES = 1 << 5;
    private static final int AUTO_INVALIDATE = 1 << 12;
    private static final int READ_DIRECTORY_PLUS = 1 << 13;
    private static final int READ_DIRECTORY_PLUS_AUTO = 1 << 14;
    private static final int ASYNC_DIRECT = 1 << 15;
    private static final int PARALLEL_DIRECTORIES = 1 << 18;
    private static final int HANDLE_PRIVILEGES = 1 << 19;
    private static final int MAX_PAGES = 1 << 22;
    private static final int WANTED =
            ASYNC_READ
                    | ATOMIC_TRUNCATE
                    | BIG_WRITES
                    | AUTO_INVALIDATE
                    | READ_DIRECTORY_PLUS
                    | READ_DIRECTORY_PLUS_AUTO
                    | ASYNC_DIRECT
                    | PARALLEL_DIRECTORIES
                    | HANDLE_PRIVILEGES
                    | MAX_PAGES;

    private final Services services;
    private final Lookups lookups;
    private final Directories directories;
    private final OpenFiles files;
    private final Changes changes;

    TargetFileSystem(Services services) {
        this.services = services;
        this.lookups = new Lookups(services);
        this.directories = new Directories(services, lookups);
        this.files = new OpenFiles(services, new SmallFiles(services));
        this.changes = new Changes(services, files);
    }

    void handle(FuseInput in) {
        long unique = in.unique();
        long node = in.node();
        switch (in.opcode()) {
            case 1 -> lookups.lookup(unique, node, in.name(0));
            case 2 -> services.tree().forget(node, in.number(0));
            case 3 -> lookups.attributes(unique, node);
            case 4 -> changes.attributes(unique, in);
            case 5 -> lookups.readLink(unique, node);
            case 6 -> symbolicLink(in);
            case 8 -> makeNode(in);
            case 9 -> {
                int mode = in.integer(0);
                changes.make(
                        unique,
                        node,
                        in.name(8),
                        path -> new FileRequest.MakeDirectory(path, mode));
            }
            case 10 -> changes.remove(unique, node, in.name(0), FileRequest.Unlink::new);
            case 11 -> changes.remove(unique, node, in.name(0), FileRequest.RemoveDirectory::new);
            case 12 -> rename(in, 8, 0);
            case 13 -> changes.link(unique, in.number(0), node, in.name(8));
            case 14 -> files.open(unique, node, in.integer(0));
            case 15 -> files.read(unique, in.number(0), in.number(8), in.integer(16));
            case 16 -> write(in);
            case 17 -> fileSystem(unique, node);
            case 18 -> files.close(unique, in.number(0));
            case 20 -> {
                boolean dataOnly = (in.integer(8) & 1) != 0;
                files.onOpen(
                        unique,
                        in.number(0),
                        handle -> new FileRequest.Sync(handle, dataOnly),
                        nothing(unique));
            }
            case 21 -> setExtended(in);
            case 22 -> getExtended(in);
            case 23 -> {
                int room = in.integer(0);
                changes.onPath(
                        unique,
                        node,
                        FileRequest.ListExtended::new,
                        body -> tellValue(unique, room, body));
            }
            case 24 -> {
                PathBytes name = in.name(0);
                if (!isForeign(unique, name)) {
                    changes.touched(
                            unique, node, path -> new FileRequest.RemoveExtended(path, name));
                }
            }
            case 26 -> initialise(in);
            case 27 -> directories.open(unique, node);
            case 28 -> directories.read(unique, in.number(0), in.number(8), in.integer(16), false);
            case 29 -> directories.close(unique, in.number(0));
            case 30 -> services.kernel().done(unique);
            case 34 -> {
                int mask = in.integer(0);
                changes.plain(unique, node, path -> new FileRequest.Access(path, mask));
            }
            case 35 -> files.create(unique, node, in.name(16), in.integer(0), in.integer(4));
            case 36 -> {}
            case 42 -> forgetMany(in);
            case 43 -> allocate(in);
            case 44 -> directories.read(unique, in.number(0), in.number(8), in.integer(16), true);
            case 45 -> rename(in, 16, in.integer(8));
            case 46 -> seek(in);
            default -> services.kernel().error(unique, Errno.ENOSYS);
        }
    }

    private void initialise(FuseInput in) {
        int minor = Math.min(in.integer(4), MINOR);
        int readAhead = in.integer(8);
        int flags = in.integer(12) & WANTED;
        services.kernel()
                .send(
                        in.unique(),
                        out -> {
                            out.putInt(MAJOR).putInt(minor).putInt(readAhead).putInt(flags);
                            out.putShort((short) 64).putShort((short) 48).putInt(MOST_WRITE);
                            out.putInt(1).putShort((short) MOST_PAGES).putShort((short) 0);
                            FuseOutput.zero(out, 32);
                        });
    }

    private void symbolicLink(FuseInput in) {
        PathBytes name = in.name(0);
        PathBytes target = in.name(name.length() + 1);
        changes.make(
                in.unique(),
                in.node(),
                name,
                path -> new FileRequest.MakeSymbolicLink(path, target));
    }

    private void makeNode(FuseInput in) {
        int mode = in.integer(0);
        int device = in.integer(4);
        changes.make(
                in.unique(),
                in.node(),
                in.name(16),
                path -> new FileRequest.MakeNode(path, mode, device));
    }

    private void rename(FuseInput in, int names, int flags) {
        PathBytes name = in.name(names);
        PathBytes newName = in.name(names + name.length() + 1);
        changes.rename(in.unique(), in.node(), name, in.number(0), newName, flags);
    }

    private void write(FuseInput in) {
        int size = in.integer(16);
        ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, size));
        boolean fromMappedMemory = (in.integer(20) & WRITE_CACHE) != 0;
        files.write(
                in.unique(),
                in.number(0),
                in.number(8),
                data.writeBytes(in.data(40, size)),
                fromMappedMemory);
    }

    private void fileSystem(long unique, long node) {
        changes.onPath(
                unique,
                node,
                FileRequest.FileSystem::new,
                body ->
                        services.kernel()
                                .send(
                                        unique,
                                        out -> {
                                            for (int i = 0; i < 5; i++) {
                                                out.putLong(body.readLong());
                                            }
                                            for (int i = 0; i < 3; i++) {
                                                out.putInt(body.readInt());
                                            }
                                            FuseOutput.zero(out, 28);
                                        }));
    }

    private void setExtended(FuseInput in) {
        int size = in.integer(0);
        int flags = in.integer(4);
        PathBytes name = in.name(8);
        PathBytes value = in.bytes(8 + name.length() + 1, size);
        if (isForeign(in.unique(), name)) {
            return;
        }
        changes.touched(
                in.unique(),
                in.node(),
                path -> new FileRequest.SetExtended(path, name, value, flags));
    }

    private void getExtended(FuseInput in) {
        long unique = in.unique();
        int room = in.integer(0);
        PathBytes name = in.name(8);
        if (isForeign(unique, name)) {
            return;
        }
        Function<PathBytes, FileRequest> request = path -> new FileRequest.GetExtended(path, name);
        changes.onPath(unique, in.node(), request, body -> tellValue(unique, room, body));
    }

    /**
     * Labels and access lists of the target's machine mean nothing here, and tools ask for them at
     * every file: refused without asking.
     */
    private boolean isForeign(long unique, PathBytes name) {
        String text = new String(name.bytes(), StandardCharsets.ISO_8859_1);
        boolean foreign = text.startsWith("security.") || text.startsWith("system.");
        if (foreign) {
            services.kernel().error(unique, Errno.EOPNOTSUPP);
        }
        return foreign;
    }

    private void tellValue(long unique, int room, ByteBuf body) {
        int size = body.readableBytes();
        if (room == 0) {
            services.kernel().send(unique, out -> out.putInt(size).putInt(0));
        } else if (size > room) {
            services.kernel().error(unique, Errno.ERANGE);
        } else {
            services.kernel().send(unique, FuseOutput.data(size).writeBytes(body));
        }
    }

    private void forgetMany(FuseInput in) {
        int count = in.integer(0);
        for (int i = 0; i < count; i++) {
            services.tree().forget(in.number(8 + 16 * i), in.number(16 + 16 * i));
        }
    }

    private void allocate(FuseInput in) {
        long offset = in.number(8);
        long length = in.number(16);
        int mode = in.integer(24);
        services.tree()
                .find(in.node())
                .ifPresent(
                        node -> {
                            synchronized (services.tree()) {
                                OpenFiles.written(node);
                            }
                        });
        files.onOpen(
                in.unique(),
                in.number(0),
                handle -> new FileRequest.Allocate(handle, mode, offset, length),
                nothing(in.unique()));
    }

    private void seek(FuseInput in) {
        long unique = in.unique();
        long offset = in.number(8);
        int whence = in.integer(16);
        files.onOpen(
                unique,
                in.number(0),
                handle -> new FileRequest.Seek(handle, offset, whence),
                Parsed.of(
                        body -> services.kernel().send(unique, out -> out.putLong(body.readLong())),
                        errno -> services.kernel().error(unique, errno)));
    }

    private Parsed nothing(long unique) {
        return Parsed.of(
                _ -> services.kernel().done(unique),
                errno -> services.kernel().error(unique, errno));
    }
}
