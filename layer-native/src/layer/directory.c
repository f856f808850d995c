/*
 * The working directory.
 *
 * Theory of operation: a directory that only the target has becomes the working directory by its descriptor; the kernel then
 * finds relative paths below it without us. Where the image has it too, it is the image's, as relative paths are. The kernel calls a
 * path in the tree, which is mounted nowhere, unreachable: what follows that word is the path in the target.
 */
#include "../text.h"
#include "layer.h"

#if defined(__x86_64__)
enum { NR_chdir = 80, NR_fchdir = 81 };
#else
enum { NR_chdir = 49, NR_fchdir = 50 };
#endif

extern void *malloc(size_t size) IMPORTED;

HOOK(int, chdir, const char *path) {
    long result = SYS1(chdir, path);
    if ((result == -E_NOENT || result == -E_NOTDIR) && layer_policy() != NULL && path[0] == '/') {
        long fd = CALL4(openat, AT_FDCWD_, path, O_PATH_ | O_DIRECTORY_ | O_CLOEXEC_, 0);
        result = fd < 0 ? fd : SYS1(fchdir, fd);
        if (fd >= 0) {
            sys_close((int)fd);
        }
    }
    return (int)layer_result(result);
}

static char *working_directory(char *to, size_t size) {
    static const char unreachable[] = "(unreachable)";
    enum { E_RANGE = 34, PREFIX = sizeof unreachable - 1 };
    struct room *room = room_take();
    if (room == NULL) {
        return layer_null(-E_NOMEM);
    }
    char *text = room->served;
    long length = SYS2(getcwd, text, PATH_LIMIT); /* with its NUL */
    if (length > PREFIX && memcmp(text, unreachable, PREFIX) == 0) {
        text += PREFIX;
        length -= PREFIX;
    }
    char *result = NULL;
    if (length > 0) {
        size_t needed = (size_t)length;
        bool fits = size >= needed || (to == NULL && size == 0);
        result = !fits ? NULL : to != NULL ? to : malloc(size > needed ? size : needed);
        length = !fits ? -E_RANGE : length;
        if (result != NULL) {
            memcpy(result, text, needed);
        }
    }
    room_give(room);
    return length < 0 ? layer_null(length) : result;
}

HOOK(char *, getcwd, char *to, size_t size) {
    return to != NULL && size == 0 ? layer_null(-E_INVAL) : working_directory(to, size);
}
HOOK(char *, __getcwd_chk, char *to, size_t size, size_t room) { return working_directory(to, size > room ? room : size); }
HOOK(char *, get_current_dir_name, void) { return working_directory(NULL, 0); }
