/* inotify(7): watches are judged by their path (call.c); an instance needs no decision, but the marker that says so. */
#include "layer.h"

HOOK(int, inotify_init, void) { return (int)layer_result(CALL1(inotify_init1, 0)); }
HOOK(int, inotify_init1, int flags) { return (int)layer_result(CALL1(inotify_init1, flags)); }
HOOK(int, inotify_add_watch, int fd, const char *path, uint32_t mask) {
    return (int)layer_result(CALL3(inotify_add_watch, fd, path, mask));
}
