package dev.mirrord.agent.files;

import dev.mirrord.linux.Descriptors;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.files.FileRequest;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Descriptors that the sidecar holds open, by the handle that it knows them by. */
final class OpenFiles {
    private final Map<Integer, Integer> descriptors = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger(1);

    /** Whose file an operation is for: operations on one file keep their order. */
    static OptionalInt handleOf(FileRequest request) {
        int handle =
                switch (request) {
                    case FileRequest.Change(var _, int of, var _) -> of;
                    case FileRequest.Attributes(int of) -> of;
                    case FileRequest.Read(int of, long _, int _) -> of;
                    case FileRequest.Write(int of, long _) -> of;
                    case FileRequest.Sync(int of, boolean _) -> of;
                    case FileRequest.Allocate(int of, int _, long _, long _) -> of;
                    case FileRequest.Seek(int of, long _, int _) -> of;
                    case FileRequest.Close(int of) -> of;
                    default -> 0;
                };
        return handle == 0 ? OptionalInt.empty() : OptionalInt.of(handle);
    }

    int add(int fd) {
        int handle = next.getAndIncrement();
        descriptors.put(handle, fd);
        return handle;
    }

    /** The descriptor, or -EBADF. */
    int get(int handle) {
        return descriptors.getOrDefault(handle, -Errno.EBADF);
    }

    void close(int handle) {
        Integer fd = descriptors.remove(handle);
        if (fd != null) {
            Descriptors.close(fd);
        }
    }

    void closeAll() {
        descriptors.keySet().forEach(this::close);
    }
}
