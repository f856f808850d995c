/* Functions that make, change or remove a name. */
#include "layer.h"

#define PASS(expression) return (int)layer_result(expression)

HOOK(int, mkdir, const char *path, unsigned mode) { PASS(CALL3(mkdirat, AT_FDCWD_, path, mode)); }
HOOK(int, mkdirat, int directory, const char *path, unsigned mode) { PASS(CALL3(mkdirat, directory, path, mode)); }

enum { FIFO = 0010000 };
HOOK(int, mknod, const char *path, unsigned mode, uint64_t device) { PASS(CALL4(mknodat, AT_FDCWD_, path, mode, device)); }
HOOK(int, mknodat, int directory, const char *path, unsigned mode, uint64_t device) {
    PASS(CALL4(mknodat, directory, path, mode, device));
}
HOOK(int, __xmknod, int version, const char *path, unsigned mode, const uint64_t *device) {
    (void)version;
    PASS(CALL4(mknodat, AT_FDCWD_, path, mode, *device));
}
HOOK(int, __xmknodat, int version, int directory, const char *path, unsigned mode, const uint64_t *device) {
    (void)version;
    PASS(CALL4(mknodat, directory, path, mode, *device));
}
HOOK(int, mkfifo, const char *path, unsigned mode) { PASS(CALL4(mknodat, AT_FDCWD_, path, mode | FIFO, 0)); }
HOOK(int, mkfifoat, int directory, const char *path, unsigned mode) { PASS(CALL4(mknodat, directory, path, mode | FIFO, 0)); }

HOOK(int, unlink, const char *path) { PASS(CALL3(unlinkat, AT_FDCWD_, path, 0)); }
HOOK(int, unlinkat, int directory, const char *path, int flags) { PASS(CALL3(unlinkat, directory, path, flags)); }
HOOK(int, rmdir, const char *path) { PASS(CALL3(unlinkat, AT_FDCWD_, path, AT_REMOVE_DIRECTORY_)); }
HOOK(int, remove, const char *path) {
    enum { E_ISDIR = 21 };
    long result = CALL3(unlinkat, AT_FDCWD_, path, 0);
    PASS(result == -E_ISDIR ? CALL3(unlinkat, AT_FDCWD_, path, AT_REMOVE_DIRECTORY_) : result);
}

/* renameat2(2) is in every kernel since 3.15. */
HOOK(int, rename, const char *from, const char *to) { PASS(CALL5(renameat2, AT_FDCWD_, from, AT_FDCWD_, to, 0)); }
HOOK(int, renameat, int from_directory, const char *from, int to_directory, const char *to) {
    PASS(CALL5(renameat2, from_directory, from, to_directory, to, 0));
}
HOOK(int, renameat2, int from_directory, const char *from, int to_directory, const char *to, unsigned flags) {
    PASS(CALL5(renameat2, from_directory, from, to_directory, to, flags));
}
HOOK(int, link, const char *from, const char *to) { PASS(CALL5(linkat, AT_FDCWD_, from, AT_FDCWD_, to, 0)); }
HOOK(int, linkat, int from_directory, const char *from, int to_directory, const char *to, int flags) {
    PASS(CALL5(linkat, from_directory, from, to_directory, to, flags));
}
HOOK(int, symlink, const char *text, const char *path) { PASS(CALL3(symlinkat, text, AT_FDCWD_, path)); }
HOOK(int, symlinkat, const char *text, int directory, const char *path) { PASS(CALL3(symlinkat, text, directory, path)); }

HOOK(int, chmod, const char *path, unsigned mode) { PASS(CALL3(fchmodat, AT_FDCWD_, path, mode)); }

/* fchmodat2(2) is of Linux 6.6. Before it a mode can only be given to what is no link, through its descriptor. */
static long chmod_at(int directory, const char *path, unsigned mode, int flags) {
    enum { E_OPNOTSUPP = 95, LINK = 0120000, KIND = 0170000, AT_MODE = 28 };
    if (flags == 0) {
        return CALL3(fchmodat, directory, path, mode);
    }
    long result = CALL4(fchmodat2, directory, path, mode, flags);
    if (result != -E_NOSYS || flags != AT_NOFOLLOW_) {
        return result;
    }
    unsigned char bytes[256];
    result = CALL5(statx, directory, path, AT_NOFOLLOW_, 1, bytes);
    unsigned kind = (unsigned)bytes[AT_MODE] | (unsigned)bytes[AT_MODE + 1] << 8;
    return result < 0 ? result : (kind & KIND) == LINK ? -E_OPNOTSUPP : CALL3(fchmodat, directory, path, mode);
}
HOOK(int, fchmodat, int directory, const char *path, unsigned mode, int flags) { PASS(chmod_at(directory, path, mode, flags)); }
HOOK(int, lchmod, const char *path, unsigned mode) { PASS(chmod_at(AT_FDCWD_, path, mode, AT_NOFOLLOW_)); }

HOOK(int, chown, const char *path, unsigned user, unsigned group) { PASS(CALL5(fchownat, AT_FDCWD_, path, user, group, 0)); }
HOOK(int, lchown, const char *path, unsigned user, unsigned group) {
    PASS(CALL5(fchownat, AT_FDCWD_, path, user, group, AT_NOFOLLOW_));
}
HOOK(int, fchownat, int directory, const char *path, unsigned user, unsigned group, int flags) {
    PASS(CALL5(fchownat, directory, path, user, group, flags));
}

HOOK(int, utimensat, int directory, const char *path, const struct duration *times, int flags) {
    PASS(CALL4(utimensat, directory, path, times, flags));
}

/* Microseconds as nanoseconds. */
static long set_times(int directory, const char *path, const struct duration *times, int flags) {
    enum { MILLION = 1000000 };
    struct duration exact[2];
    if (times == NULL) {
        return CALL4(utimensat, directory, path, NULL, flags);
    }
    for (int i = 0; i < 2; i++) {
        if (times[i].nanoseconds < 0 || times[i].nanoseconds >= MILLION) {
            return -E_INVAL;
        }
        exact[i] = (struct duration){times[i].seconds, times[i].nanoseconds * 1000};
    }
    return CALL4(utimensat, directory, path, exact, flags);
}
HOOK(int, utimes, const char *path, const struct duration *times) { PASS(set_times(AT_FDCWD_, path, times, 0)); }
HOOK(int, lutimes, const char *path, const struct duration *times) { PASS(set_times(AT_FDCWD_, path, times, AT_NOFOLLOW_)); }
HOOK(int, futimesat, int directory, const char *path, const struct duration *times) { PASS(set_times(directory, path, times, 0)); }
HOOK(int, utime, const char *path, const int64_t *seconds) {
    struct duration times[2];
    if (seconds != NULL) {
        times[0] = (struct duration){seconds[0], 0};
        times[1] = (struct duration){seconds[1], 0};
    }
    PASS(CALL4(utimensat, AT_FDCWD_, path, seconds == NULL ? NULL : times, 0));
}

HOOK(int, setxattr, const char *path, const char *name, const void *value, size_t size, int flags) {
    PASS(CALL5(setxattr, path, name, value, size, flags));
}
HOOK(int, lsetxattr, const char *path, const char *name, const void *value, size_t size, int flags) {
    PASS(CALL5(lsetxattr, path, name, value, size, flags));
}
HOOK(int, removexattr, const char *path, const char *name) { PASS(CALL2(removexattr, path, name)); }
HOOK(int, lremovexattr, const char *path, const char *name) { PASS(CALL2(lremovexattr, path, name)); }
