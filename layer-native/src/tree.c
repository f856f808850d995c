/*
 * What is done in the target's tree for the app.
 *
 * Theory of operation: the tree is one descriptor, of a mount that is attached nowhere; every path is resolved below it with
 * openat2(2) and RESOLVE_IN_ROOT, so no link and no ".." leaves it. The last component is first opened with O_PATH, and the
 * call is done on that descriptor, or, where it makes or removes a name, on its directory's. Results are written to the
 * app's memory through /proc/PID/mem, or directly where the library does this in the app's process. Opening
 * adds O_NONBLOCK and takes it back afterwards: a FIFO of the target shall not hold a thread of ours.
 */
#include "tree.h"

#include "text.h"

enum { O_ACCESS_MODE = 3, O_CREATE = 0100, O_EXCLUSIVE = 0200, O_TRUNCATE = 01000, O_WRITE_ONLY = 1 };
enum { O_KNOWN = 037777703, O_PATH_ = 010000000, O_TEMPORARY = 020000000 };
#if defined(__x86_64__)
enum { O_DIRECTORY_ = 0200000, O_NOFOLLOW_ = 0400000, STAT_SIZE = 144 };
#else
enum { O_DIRECTORY_ = 040000, O_NOFOLLOW_ = 0100000, STAT_SIZE = 128 };
#endif
enum { AT_NOFOLLOW = 0x100, AT_EMPTY_PATH_ = 0x1000, AT_EFFECTIVE = 0x200, AT_FOLLOW = 0x400 };
enum { RESOLVE_NO_MAGIC_LINKS = 2, RESOLVE_IN_ROOT = 0x10 };
enum { STATX_SIZE = 256, STATFS_SIZE = 120, TEXT_SIZE = 4096, ATTRIBUTE_LIMIT = 65536 };
enum { F_GETFL_ = 3, F_SETFL_ = 4, TRIES = 16 };

struct open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

static bool memory_get(int memory, uint64_t address, void *to, size_t length) {
    if (memory < 0) {
        memcpy(to, (const void *)(uintptr_t)address, length);
        return true;
    }
    return SYS4(pread64, memory, to, length, address) == (long)length;
}

static long memory_put(int memory, uint64_t address, const void *from, size_t length) {
    if (memory < 0) {
        memcpy((void *)(uintptr_t)address, from, length);
        return 0;
    }
    return SYS4(pwrite64, memory, from, length, address) == (long)length ? 0 : -E_FAULT;
}

static long open_in(int root, const char *path, unsigned flags, unsigned mode) {
    struct open_how how = {flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGIC_LINKS};
    long fd = -E_AGAIN;
    for (int i = 0; i < TRIES && fd == -E_AGAIN; i++) {
        fd = SYS4(openat2, root, path, &how, sizeof how);
    }
    return fd;
}

static struct outcome value(long result) { return (struct outcome){result, -1}; }

static struct outcome open_for_app(const struct request *request, unsigned flags, unsigned mode) {
    unsigned wanted = flags & O_KNOWN;
    if ((wanted & O_PATH_) != 0) {
        wanted &= O_PATH_ | O_DIRECTORY_ | O_NOFOLLOW_ | O_CLOEXEC_;
    }
    if (request->memory >= 0) {
        wanted = (wanted & ~(unsigned)O_PATH_) | O_CLOEXEC_; /* of O_PATH no descriptor can be given: ADDFD says EBADF */
    }
    bool creates = (wanted & O_CREATE) != 0 || (wanted & O_TEMPORARY) != 0;
    bool waits = (wanted & (O_NONBLOCK_ | O_PATH_)) == 0;
    long fd = open_in(request->root, request->path, wanted | (waits ? O_NONBLOCK_ : 0), creates ? mode & 07777 : 0);
    if (fd < 0) {
        return value(fd);
    }
    if (waits) {
        long now = sys_fcntl((int)fd, F_GETFL_, 0);
        sys_fcntl((int)fd, F_SETFL_, now & ~O_NONBLOCK_);
    }
    return (struct outcome){0, (int)fd};
}

static struct outcome open_how_for_app(const struct request *request) {
    struct open_how how;
    uint64_t size = request->arguments[(int)request->call->y];
    if (size < sizeof how || !memory_get(request->memory, request->arguments[(int)request->call->x], &how, sizeof how)) {
        return value(size < sizeof how ? -E_INVAL : -E_FAULT);
    }
    return open_for_app(request, (unsigned)how.flags, (unsigned)how.mode);
}

static long stat_for_app(const struct request *request, int fd) {
    unsigned char bytes[STATX_SIZE];
    const uint64_t *arguments = request->arguments;
    size_t size = request->call->operation == OPERATION_STAT ? STAT_SIZE : STATX_SIZE;
    long error = request->call->operation == OPERATION_STAT
            ? SYS4(newfstatat, fd, "", bytes, AT_EMPTY_PATH_)
            : SYS5(statx, fd, "", AT_EMPTY_PATH_ | (request->flags & 0x6000), (unsigned)arguments[(int)request->call->y], bytes);
    return error < 0 ? error : memory_put(request->memory, arguments[(int)request->call->x], bytes, size);
}

static long access_for_app(const struct request *request, int fd) {
    int mode = (int)request->arguments[(int)request->call->x];
    if (mode == ACCESS_EXISTS) {
        return 0;
    }
    long result = SYS4(faccessat2, fd, "", mode, AT_EMPTY_PATH_ | (request->flags & AT_EFFECTIVE));
    if (result == -E_NOSYS || result == -E_PERM) {
        struct process_path path = descriptor_path(fd);
        result = sys_access(path.text, mode);
    }
    return result;
}

static long readlink_for_app(const struct request *request, int fd) {
    char *text = request->room->text[0];
    int room = (int)request->arguments[(int)request->call->y];
    if (room <= 0) {
        return -E_INVAL;
    }
    long length = SYS4(readlinkat, fd, "", text, TEXT_SIZE);
    if (length == -E_NOENT) {
        return -E_INVAL; /* no link */
    }
    if (length > room) {
        length = room;
    }
    long error = length < 0 ? length : memory_put(request->memory, request->arguments[(int)request->call->x], text, (size_t)length);
    return error < 0 ? error : length;
}

static long statfs_for_app(const struct request *request, int fd) {
    unsigned char bytes[STATFS_SIZE];
    long error = SYS2(fstatfs, fd, bytes);
    return error < 0 ? error : memory_put(request->memory, request->arguments[(int)request->call->x], bytes, sizeof bytes);
}

/* getxattr, listxattr: as many bytes as the app has room for. */
static long attributes_for_app(const struct request *request, int fd) {
    const uint64_t *arguments = request->arguments;
    struct process_path path = descriptor_path(fd);
    size_t room = arguments[(int)request->call->y];
    if (room > ATTRIBUTE_LIMIT) {
        room = ATTRIBUTE_LIMIT;
    }
    char *bytes = room == 0 ? NULL : memory_reserve(room);
    if (room > 0 && bytes == NULL) {
        return -E_NOMEM;
    }
    long length = request->call->operation == OPERATION_GET_ATTRIBUTE
            ? SYS4(getxattr, path.text, request->other, bytes, room)
            : SYS3(listxattr, path.text, bytes, room);
    if (length > 0 && room > 0) {
        long error = memory_put(request->memory, arguments[(int)request->call->x], bytes, (size_t)length);
        length = error < 0 ? error : length;
    }
    if (bytes != NULL) {
        memory_release(bytes, room);
    }
    return length;
}

static long set_attribute(const struct request *request, int fd) {
    const uint64_t *arguments = request->arguments;
    struct process_path path = descriptor_path(fd);
    size_t length = arguments[(int)request->call->y];
    if (length > ATTRIBUTE_LIMIT) {
        return -E_2BIG;
    }
    char *bytes = memory_reserve(length + 1);
    if (bytes == NULL) {
        return -E_NOMEM;
    }
    long result = memory_get(request->memory, arguments[(int)request->call->x], bytes, length)
            ? SYS5(setxattr, path.text, request->other, bytes, length, request->flags)
            : -E_FAULT;
    memory_release(bytes, length + 1);
    return result;
}

/* Reads what utimensat, utimes or utime was given, as utimensat wants it; a NULL pointer stays one. */
static long times_of(const struct request *request, struct duration *times, bool *now) {
    uint64_t address = request->arguments[(int)request->call->x];
    *now = address == 0;
    if (*now) {
        return 0;
    }
    if (request->call->operation == OPERATION_UTIME) {
        int64_t seconds[2];
        if (!memory_get(request->memory, address, seconds, sizeof seconds)) {
            return -E_FAULT;
        }
        times[0] = (struct duration){seconds[0], 0};
        times[1] = (struct duration){seconds[1], 0};
        return 0;
    }
    if (!memory_get(request->memory, address, times, 2 * sizeof *times)) {
        return -E_FAULT;
    }
    for (int i = 0; i < 2 && request->call->operation == OPERATION_TIMEVALS; i++) {
        if (times[i].nanoseconds < 0 || times[i].nanoseconds >= 1000000) {
            return -E_INVAL;
        }
        times[i].nanoseconds *= 1000;
    }
    return 0;
}

static long set_times(const struct request *request, int fd) {
    struct process_path path = descriptor_path(fd);
    struct duration times[2];
    bool now = false;
    long error = times_of(request, times, &now);
    return error < 0 ? error : SYS4(utimensat, AT_FDCWD_, path.text, now ? NULL : times, 0);
}

static long truncate_file(const struct request *request) {
    enum { E_NXIO = 6 };
    long fd = open_in(request->root, request->path, O_WRITE_ONLY | O_NONBLOCK_ | O_CLOEXEC_, 0);
    if (fd < 0) {
        return fd == -E_NXIO ? -E_INVAL : fd; /* a FIFO, which has no size */
    }
    long error = SYS2(ftruncate, fd, request->arguments[(int)request->call->x]);
    sys_close((int)fd);
    return error;
}

/* Calls on what is there. */
static long on_file(const struct request *request) {
    const struct call *call = request->call;
    bool follows = ((request->flags | call->fixed) & AT_NOFOLLOW) == 0; /* lsetxattr has flags of another kind */
    long fd = open_in(request->root, request->path, O_PATH_ | O_CLOEXEC_ | (follows ? 0 : O_NOFOLLOW_), 0);
    if (fd < 0) {
        return fd;
    }
    long result = -E_NOSYS;
    struct process_path path = descriptor_path((int)fd);
    switch ((enum operation)call->operation) {
        case OPERATION_STAT:
        case OPERATION_STATX:
            result = stat_for_app(request, (int)fd);
            break;
        case OPERATION_ACCESS:
            result = access_for_app(request, (int)fd);
            break;
        case OPERATION_READLINK:
            result = readlink_for_app(request, (int)fd);
            break;
        case OPERATION_STATFS:
            result = statfs_for_app(request, (int)fd);
            break;
        case OPERATION_GET_ATTRIBUTE:
        case OPERATION_LIST_ATTRIBUTES:
            result = attributes_for_app(request, (int)fd);
            break;
        case OPERATION_SET_ATTRIBUTE:
            result = set_attribute(request, (int)fd);
            break;
        case OPERATION_REMOVE_ATTRIBUTE:
            result = SYS2(removexattr, path.text, request->other);
            break;
        case OPERATION_CHMOD:
            result = SYS3(fchmodat, AT_FDCWD_, path.text, request->arguments[(int)call->x]);
            break;
        case OPERATION_CHOWN:
            result = SYS5(fchownat, fd, "", request->arguments[(int)call->x], request->arguments[(int)call->y], AT_EMPTY_PATH_);
            break;
        case OPERATION_TIMES:
        case OPERATION_TIMEVALS:
        case OPERATION_UTIME:
            result = set_times(request, (int)fd);
            break;
        default:
            break;
    }
    sys_close((int)fd);
    return result;
}

/* The directory that holds, or will hold, the name: its descriptor. The name points into the path. */
static long directory_of(const struct request *request, const char *path, char *directory, const char **name) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    while (length > 0 && path[length - 1] != '/') {
        length--;
    }
    memcpy(directory, path, length);
    directory[length] = '\0';
    *name = path[length] == '\0' ? "." : path + length;
    return open_in(request->root, directory, O_PATH_ | O_DIRECTORY_ | O_CLOEXEC_, 0);
}

static long with_two_names(const struct request *request, int directory, const char *name) {
    const char *other_name;
    long other = directory_of(request, request->other, request->room->text[1], &other_name);
    if (other < 0) {
        return other;
    }
    long result = request->call->operation == OPERATION_RENAME
            ? SYS5(renameat2, directory, name, other, other_name, request->flags)
            : SYS5(linkat, directory, name, other, other_name, request->flags & AT_FOLLOW);
    sys_close((int)other);
    return result;
}

/* Calls that make or remove a name. */
static long on_name(const struct request *request) {
    const char *name;
    const struct call *call = request->call;
    long directory = directory_of(request, request->path, request->room->text[0], &name);
    if (directory < 0) {
        return directory;
    }
    long result = -E_NOSYS;
    switch ((enum operation)call->operation) {
        case OPERATION_MKDIR:
            result = SYS3(mkdirat, directory, name, request->mode);
            break;
        case OPERATION_MKNOD:
            result = SYS4(mknodat, directory, name, request->mode, request->arguments[(int)call->y]);
            break;
        case OPERATION_UNLINK:
            result = SYS3(unlinkat, directory, name, request->flags);
            break;
        case OPERATION_SYMLINK:
            result = SYS3(symlinkat, request->other, directory, name);
            break;
        case OPERATION_RENAME:
        case OPERATION_LINK:
            result = with_two_names(request, (int)directory, name);
            break;
        default:
            break;
    }
    sys_close((int)directory);
    return result;
}

struct outcome tree_do(const struct request *request) {
    switch ((enum operation)request->call->operation) {
        case OPERATION_OPEN:
            return open_for_app(request, request->flags, request->mode);
        case OPERATION_OPEN_HOW:
            return open_how_for_app(request);
        case OPERATION_TRUNCATE:
            return value(truncate_file(request));
        case OPERATION_MKDIR:
        case OPERATION_MKNOD:
        case OPERATION_UNLINK:
        case OPERATION_RENAME:
        case OPERATION_LINK:
        case OPERATION_SYMLINK:
            return value(on_name(request));
        default:
            return value(on_file(request));
    }
}
