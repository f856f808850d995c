/*
 * Functions that say what a path is. On both architectures struct stat is the kernel's in both C libraries, with and without
 * "64"; the version of __xstat needs no look.
 */
#include "../text.h"
#include "layer.h"

static int stat_at(int directory, const char *path, void *to, int flags) {
    return (int)layer_result(CALL4(newfstatat, directory, path, to, flags));
}

#define STATS(name64) \
    HOOK(int, stat##name64, const char *path, void *to) { return stat_at(AT_FDCWD_, path, to, 0); } \
    HOOK(int, lstat##name64, const char *path, void *to) { return stat_at(AT_FDCWD_, path, to, AT_NOFOLLOW_); } \
    HOOK(int, fstatat##name64, int directory, const char *path, void *to, int flags) { \
        return stat_at(directory, path, to, flags); \
    } \
    HOOK(int, __xstat##name64, int version, const char *path, void *to) { \
        (void)version; \
        return stat_at(AT_FDCWD_, path, to, 0); \
    } \
    HOOK(int, __lxstat##name64, int version, const char *path, void *to) { \
        (void)version; \
        return stat_at(AT_FDCWD_, path, to, AT_NOFOLLOW_); \
    } \
    HOOK(int, __fxstatat##name64, int version, int directory, const char *path, void *to, int flags) { \
        (void)version; \
        return stat_at(directory, path, to, flags); \
    }
STATS()
STATS(64)

HOOK(int, statx, int directory, const char *path, int flags, unsigned mask, void *to) {
    return (int)layer_result(CALL5(statx, directory, path, flags, mask, to));
}

static int access_at(int directory, const char *path, int mode, int flags) {
    if (flags == 0) {
        return (int)layer_result(CALL3(faccessat, directory, path, mode));
    }
    long result = CALL4(faccessat2, directory, path, mode, flags);
    return (int)layer_result(result == -E_NOSYS ? CALL3(faccessat, directory, path, mode) : result);
}
enum { AT_EFFECTIVE = 0x200 };
HOOK(int, access, const char *path, int mode) { return access_at(AT_FDCWD_, path, mode, 0); }
HOOK(int, faccessat, int directory, const char *path, int mode, int flags) { return access_at(directory, path, mode, flags); }
HOOK(int, eaccess, const char *path, int mode) { return access_at(AT_FDCWD_, path, mode, AT_EFFECTIVE); }
HOOK(int, euidaccess, const char *path, int mode) { return access_at(AT_FDCWD_, path, mode, AT_EFFECTIVE); }

static long read_link(int directory, const char *path, char *to, size_t size) {
    return layer_result(CALL4(readlinkat, directory, path, to, size));
}
HOOK(long, readlink, const char *path, char *to, size_t size) { return read_link(AT_FDCWD_, path, to, size); }
HOOK(long, readlinkat, int directory, const char *path, char *to, size_t size) { return read_link(directory, path, to, size); }
HOOK(long, __readlink_chk, const char *path, char *to, size_t size, size_t room) {
    return read_link(AT_FDCWD_, path, to, size > room ? room : size);
}
HOOK(long, __readlinkat_chk, int directory, const char *path, char *to, size_t size, size_t room) {
    return read_link(directory, path, to, size > room ? room : size);
}

HOOK(int, statfs, const char *path, void *to) { return (int)layer_result(CALL2(statfs, path, to)); }
HOOK(int, statfs64, const char *path, void *to) { return (int)layer_result(CALL2(statfs, path, to)); }

/* The kernel's struct statfs. */
struct system_numbers {
    long type;
    long block_size;
    uint64_t blocks, free, available, files, free_files;
    uint64_t id;
    long longest_name;
    long fragment_size;
    long flags;
    long spare[4];
};

/* The C libraries'. */
struct volume_numbers {
    unsigned long block_size, fragment_size;
    uint64_t blocks, free, available, files, free_files, available_files;
    unsigned long id, flags, longest_name;
    unsigned type;
    int spare[5];
};

static int volume_of(const char *path, struct volume_numbers *to) {
    enum { VALID = 0x20 };
    struct system_numbers from;
    long error = CALL2(statfs, path, &from);
    if (error < 0) {
        return (int)layer_result(error);
    }
    *to = (struct volume_numbers){(unsigned long)from.block_size,
            (unsigned long)(from.fragment_size != 0 ? from.fragment_size : from.block_size), from.blocks, from.free, from.available,
            from.files, from.free_files, from.free_files, from.id, (unsigned long)(from.flags & ~VALID),
            (unsigned long)from.longest_name, (unsigned)from.type, {0}};
    return 0;
}
HOOK(int, statvfs, const char *path, struct volume_numbers *to) { return volume_of(path, to); }
HOOK(int, statvfs64, const char *path, struct volume_numbers *to) { return volume_of(path, to); }

HOOK(long, getxattr, const char *path, const char *name, void *to, size_t size) {
    return layer_result(CALL4(getxattr, path, name, to, size));
}
HOOK(long, lgetxattr, const char *path, const char *name, void *to, size_t size) {
    return layer_result(CALL4(lgetxattr, path, name, to, size));
}
HOOK(long, listxattr, const char *path, char *to, size_t size) { return layer_result(CALL3(listxattr, path, to, size)); }
HOOK(long, llistxattr, const char *path, char *to, size_t size) { return layer_result(CALL3(llistxattr, path, to, size)); }
