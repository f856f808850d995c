/* Functions that open a file. O_LARGEFILE means nothing in a 64-bit process; a mode that is not there is not looked at. */
#include "layer.h"

static int open_at(int directory, const char *path, int flags, unsigned mode) {
    return (int)layer_result(CALL4(openat, directory, path, flags, mode));
}

static unsigned mode_of(va_list arguments) { return va_arg(arguments, unsigned); }

#define OPEN(name) \
    HOOK(int, name, const char *path, int flags, ...) { \
        va_list arguments; \
        va_start(arguments, flags); \
        unsigned mode = mode_of(arguments); \
        va_end(arguments); \
        return open_at(AT_FDCWD_, path, flags, mode); \
    }
#define OPEN_AT(name) \
    HOOK(int, name, int directory, const char *path, int flags, ...) { \
        va_list arguments; \
        va_start(arguments, flags); \
        unsigned mode = mode_of(arguments); \
        va_end(arguments); \
        return open_at(directory, path, flags, mode); \
    }

OPEN(open)
OPEN(open64)
OPEN(__open)
OPEN(__open64)
OPEN_AT(openat)
OPEN_AT(openat64)

/* _FORTIFY_SOURCE: calls without a mode. */
HOOK(int, __open_2, const char *path, int flags) { return open_at(AT_FDCWD_, path, flags, 0); }
HOOK(int, __open64_2, const char *path, int flags) { return open_at(AT_FDCWD_, path, flags, 0); }
HOOK(int, __openat_2, int directory, const char *path, int flags) { return open_at(directory, path, flags, 0); }
HOOK(int, __openat64_2, int directory, const char *path, int flags) { return open_at(directory, path, flags, 0); }

static int create(const char *path, unsigned mode) {
    return open_at(AT_FDCWD_, path, O_WRITE_ | O_CREATE_ | O_TRUNCATE_, mode);
}
HOOK(int, creat, const char *path, unsigned mode) { return create(path, mode); }
HOOK(int, creat64, const char *path, unsigned mode) { return create(path, mode); }
HOOK(int, truncate, const char *path, long size) { return (int)layer_result(CALL2(truncate, path, size)); }
HOOK(int, truncate64, const char *path, long size) { return (int)layer_result(CALL2(truncate, path, size)); }
