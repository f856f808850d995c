/*
 * Functions that open a file inside the C library, where a hook of open(2) is not asked: streams, directories, realpath.
 *
 * Theory of operation: the file is opened here and the descriptor given to the C library (fdopen, fdopendir). What that
 * cannot do is the library's own function, found by dlsym: freopen, and streams with a character set (",ccs=").
 */
#include "../text.h"
#include "layer.h"

struct file;
struct directory;
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    unsigned char kind;
    char name[];
};

extern struct file *fdopen(int fd, const char *mode) IMPORTED;
extern struct directory *fdopendir(int fd) IMPORTED;
extern struct directory_entry *readdir(struct directory *directory) IMPORTED;
extern int closedir(struct directory *directory) IMPORTED;
extern void *dlsym(void *handle, const char *name) IMPORTED;
extern void *malloc(size_t size) IMPORTED;
extern void *realloc(void *memory, size_t size) IMPORTED;
extern void free(void *memory) IMPORTED;
extern void qsort(void *start, size_t count, size_t size, int (*compare)(const void *, const void *)) IMPORTED;

#define NEXT ((void *)-1L)

/* A function of the C library's; NULL where there is no dlsym (glibc before 2.34 in a program without libdl). */
static void *next(const char *name) { return dlsym == NULL ? NULL : dlsym(NEXT, name); }

/* The flags of fopen(3)'s mode; negative when it is none. */
static int flags_of(const char *mode) {
    int flags = mode[0] == 'r' ? 0 : mode[0] == 'w' ? O_WRITE_ | O_CREATE_ | O_TRUNCATE_ : mode[0] == 'a' ? O_WRITE_ | O_CREATE_ | O_APPEND_ : -1;
    for (const char *at = mode + 1; flags >= 0 && *at != '\0' && *at != ','; at++) {
        flags = *at == '+' ? (flags & ~O_WRITE_) | O_READ_WRITE_
              : *at == 'x' ? flags | O_EXCLUSIVE_
              : *at == 'e' ? flags | O_CLOEXEC_
                           : flags;
    }
    return flags;
}

static bool has_character_set(const char *mode) {
    size_t length = strlen(mode);
    return text_find(mode, length, ',') < length;
}

typedef struct file *open_stream(const char *path, const char *mode);
typedef struct file *reopen_stream(const char *path, const char *mode, struct file *stream);

static struct file *stream_of(const char *path, const char *mode, const char *name) {
    enum { MODE_OF_NEW = 0666 };
    int flags = flags_of(mode);
    if (has_character_set(mode)) {
        open_stream *own = (open_stream *)(uintptr_t)next(name);
        if (own != NULL) {
            return own(path, mode);
        }
    }
    if (flags < 0 || fdopen == NULL) {
        return layer_null(-E_INVAL);
    }
    long fd = CALL4(openat, AT_FDCWD_, path, flags, MODE_OF_NEW);
    if (fd < 0) {
        return layer_null(fd);
    }
    struct file *stream = fdopen((int)fd, mode);
    if (stream == NULL) {
        sys_close((int)fd); /* errno says why */
    }
    return stream;
}
HOOK(struct file *, fopen, const char *path, const char *mode) { return stream_of(path, mode, "fopen"); }
HOOK(struct file *, fopen64, const char *path, const char *mode) { return stream_of(path, mode, "fopen64"); }

/* The stream stays the same one, so the C library has to open the file: by a name of what is open here already. */
static struct file *stream_again(const char *path, const char *mode, struct file *stream, const char *name) {
    enum { MODE_OF_NEW = 0666, MODE_LIMIT = 16 };
    reopen_stream *own = (reopen_stream *)(uintptr_t)next(name);
    int flags = path == NULL ? -1 : flags_of(mode);
    if (own == NULL) {
        return layer_null(-E_NOSYS);
    }
    if (flags < 0 || layer_policy() == NULL || path[0] != '/' || strlen(mode) >= MODE_LIMIT) {
        return own(path, mode, stream);
    }
    long fd = CALL4(openat, AT_FDCWD_, path, flags | O_CLOEXEC_, MODE_OF_NEW);
    if (fd < 0) {
        (void)own("/", "w", stream); /* closes it, as a failure does */
        return layer_null(fd);
    }
    char plain[MODE_LIMIT];
    size_t used = 0;
    for (const char *at = mode; *at != '\0'; at++) {
        if (*at != 'x') { /* it is there now */
            plain[used++] = *at;
        }
    }
    plain[used] = '\0';
    struct process_path known = descriptor_path(fd);
    struct file *result = own(known.text, plain, stream);
    sys_close((int)fd);
    return result;
}
HOOK(struct file *, freopen, const char *path, const char *mode, struct file *stream) {
    return stream_again(path, mode, stream, "freopen");
}
HOOK(struct file *, freopen64, const char *path, const char *mode, struct file *stream) {
    return stream_again(path, mode, stream, "freopen64");
}

static struct directory *directory_of(const char *path) {
    long fd = CALL4(openat, AT_FDCWD_, path, O_DIRECTORY_ | O_NONBLOCK_ | O_CLOEXEC_, 0);
    if (fd < 0 || fdopendir == NULL) {
        return layer_null(fd < 0 ? fd : -E_NOSYS);
    }
    struct directory *directory = fdopendir((int)fd);
    if (directory == NULL) {
        sys_close((int)fd);
    }
    return directory;
}
HOOK(struct directory *, opendir, const char *path) { return directory_of(path); }

typedef int filter(const struct directory_entry *entry);
typedef int comparison(const struct directory_entry **one, const struct directory_entry **two);

static int scan(const char *path, struct directory_entry ***to, filter *wanted, comparison *compare) {
    struct directory *directory = directory_of(path);
    struct directory_entry **entries = NULL;
    size_t count = 0;
    size_t room = 0;
    bool full = false;
    if (directory == NULL) {
        return -1;
    }
    for (struct directory_entry *entry; !full && (entry = readdir(directory)) != NULL;) {
        if (wanted != NULL && wanted(entry) == 0) {
            continue;
        }
        if (count == room) {
            room = room == 0 ? 16 : 2 * room;
            struct directory_entry **more = realloc(entries, room * sizeof *more);
            full = more == NULL;
            entries = full ? entries : more;
        }
        struct directory_entry *copy = full ? NULL : malloc(entry->length);
        full = copy == NULL;
        if (!full) {
            memcpy(copy, entry, entry->length);
            entries[count++] = copy;
        }
    }
    closedir(directory);
    if (full) {
        while (count > 0) {
            free(entries[--count]);
        }
        free(entries);
        return (int)layer_result(-E_NOMEM);
    }
    if (compare != NULL && count > 0) {
        qsort(entries, count, sizeof *entries, (int (*)(const void *, const void *))(uintptr_t)compare);
    }
    *to = entries;
    return (int)count;
}
HOOK(int, scandir, const char *path, struct directory_entry ***to, filter *wanted, comparison *compare) {
    return scan(path, to, wanted, compare);
}
HOOK(int, scandir64, const char *path, struct directory_entry ***to, filter *wanted, comparison *compare) {
    return scan(path, to, wanted, compare);
}

/* The kernel resolves; what an O_PATH descriptor stands for is its canonical path, in the target's tree as well. */
static char *canonical(const char *path, char *to) {
    if (path == NULL || path[0] == '\0') {
        return layer_null(path == NULL ? -E_INVAL : -E_NOENT);
    }
    long fd = CALL4(openat, AT_FDCWD_, path, O_PATH_ | O_CLOEXEC_, 0);
    struct room *room = fd < 0 ? NULL : room_take();
    if (room == NULL) {
        return layer_null(fd < 0 ? fd : -E_NOMEM);
    }
    struct process_path known = descriptor_path(fd);
    char *text = room->served;
    long length = SYS4(readlinkat, AT_FDCWD_, known.text, text, PATH_LIMIT);
    sys_close((int)fd);
    char *result = NULL;
    if (length < 0 || length >= PATH_LIMIT) {
        length = length < 0 ? length : -E_NAMETOOLONG;
    } else {
        result = to != NULL ? to : malloc((size_t)length + 1);
        if (result != NULL) {
            memcpy(result, text, (size_t)length);
            result[length] = '\0';
        }
    }
    room_give(room);
    return length < 0 ? layer_null(length) : result;
}

typedef char *resolve(const char *path, char *to);

/* Without /proc the C library has to walk; so it does where nothing is the target's. */
static char *real_path(const char *path, char *to) {
    if (layer_policy() == NULL || sys_access("/proc/self/fd", ACCESS_EXISTS) < 0) {
        resolve *own = (resolve *)(uintptr_t)next("realpath");
        if (own != NULL) {
            return own(path, to);
        }
    }
    return canonical(path, to);
}
HOOK(char *, realpath, const char *path, char *to) { return real_path(path, to); }
HOOK(char *, __realpath_chk, const char *path, char *to, size_t room) {
    (void)room;
    return real_path(path, to);
}
HOOK(char *, canonicalize_file_name, const char *path) { return real_path(path, NULL); }
