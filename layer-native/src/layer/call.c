/*
 * A call of the app that takes a path.
 *
 * Theory of operation: the hooks turn functions into system calls, and this does them as the supervisor would do the same
 * call of another process (supervisor.c): judged by its path, done by the kernel as it is, or below the target's tree, or
 * refused. Every system call of ours carries the launcher's marker, so that a supervisor lets it pass: it has been decided.
 * A path that cannot be judged is the kernel's affair.
 */
#include "../text.h"
#include "../watching.h"
#include "layer.h"

enum { NUMBERS = 512 };

/* 1 + the place in calls.c; filled when it is first needed. */
static unsigned char place_of_number[NUMBERS];

static const struct call *known(long number) {
    if (number < 0 || number >= NUMBERS) {
        return NULL;
    }
    unsigned char place = __atomic_load_n(&place_of_number[number], __ATOMIC_RELAXED);
    if (place == 0) {
        const struct call *call = call_of((int)number);
        place = call == NULL ? 0xff : (unsigned char)(1 + (call - calls));
        __atomic_store_n(&place_of_number[number], place, __ATOMIC_RELAXED);
    }
    return place == 0xff ? NULL : &calls[place - 1];
}

static long as_it_is(long number, const uint64_t *a) {
    return sys_call(number, (long)a[0], (long)a[1], (long)a[2], (long)a[3], (long)a[4], layer_marker);
}

static unsigned flags_of(const struct call *call, const uint64_t *a) {
    if (call->operation == OPERATION_OPEN_HOW) {
        return a[(int)call->x] == 0 ? 0 : (unsigned)*(const uint64_t *)(uintptr_t)a[(int)call->x];
    }
    return call->flags < 0 ? call->fixed : (unsigned)a[(int)call->flags];
}

static long in_target(struct request *request) {
    if (request->call->x >= 0) {
        request->mode = (unsigned)request->arguments[(int)request->call->x];
    }
    long tree = layer_tree_for(request->changeable);
    for (int tries = 0; tree >= 0; tries++) {
        request->root = (int)tree;
        struct outcome outcome = tree_do(request);
        long result = outcome.fd >= 0 ? outcome.fd : outcome.value;
        if (tries == 2) {
            return result == -E_NOTCONN ? -E_IO : result;
        }
        tree = layer_tree_instead(request->changeable, tree, result);
        if (tree == result) {
            return result;
        }
    }
    return tree;
}

/* The sidecar's to make: the kernel hears nothing of changes in the target. */
static long watch_in_target(const struct request *request) {
    int fd = (int)request->arguments[(int)request->call->x];
    unsigned mask = (unsigned)request->arguments[(int)request->call->y];
    const char *directory = NULL;
    (void)layer_sockets(&directory);
    long error = watching_check(fd, mask);
    return error < 0 ? error : watching_ask(directory, fd, request->path, mask);
}

/* A path from the image's working directory, which the kernel tells faster than proc(5) does. */
static bool absolute_here(const char *path, char *to) {
    long length = SYS2(getcwd, to, PATH_LIMIT); /* with its NUL */
    size_t more = strlen(path);
    if (length <= 0 || to[0] != '/' || (size_t)length + more + 1 > PATH_LIMIT) {
        return false;
    }
    to[length - 1] = '/';
    memcpy(to + length, path, more + 1);
    return true;
}

static enum place judge_argument(const struct policy *policy, struct room *room, const struct request *request, int at, bool changing,
        const char **served, bool *changeable) {
    const char *path = (const char *)(uintptr_t)request->arguments[at];
    char *absolute = room->absolute[at == request->call->other];
    int from = judge_directory_of(request->call, at);
    int fd = from < 0 ? AT_FDCWD_ : (int)request->arguments[from];
    *served = path;
    if (path[0] == '/' || path[0] == '\0') {
        return judge(policy, &room->policy, path, changing, served, changeable);
    }
    *changeable = false;
    bool known = fd == AT_FDCWD_ ? absolute_here(path, absolute) : judge_absolute(descriptor_path(fd).text, path, absolute);
    return known ? judge_relative(policy, &room->policy, absolute, changing, served, changeable) : PLACE_LOCAL;
}

static long judged(const struct policy *policy, struct room *room, const struct call *call, const uint64_t *a) {
    struct request request = {.call = call, .arguments = a, .memory = -1, .room = &room->texts, .flags = flags_of(call, a)};
    bool changing = call_changes(call, a, request.flags);
    request.other = call->other >= 0 ? (const char *)(uintptr_t)a[(int)call->other] : NULL;
    enum place place = judge_argument(policy, room, &request, call->path, changing, &request.path, &request.changeable);
    if (call_has_two_paths(call)) {
        if (request.path == room->policy.mapped) {
            memcpy(room->served, request.path, PATH_LIMIT);
            request.path = room->served;
        }
        place = judge_both(place, judge_argument(policy, room, &request, call->other, changing, &request.other, &request.changeable));
    }
    long result = 0;
    switch (place) {
        case PLACE_LOCAL:
            break;
        case PLACE_ABSENT:
            return -E_NOENT;
        case PLACE_REFUSED:
            if (call->operation != OPERATION_ACCESS) {
                layer_refused(request.path);
            }
            return -E_ROFS;
        case PLACE_APART:
            return -E_XDEV;
        case PLACE_TARGET:
        case PLACE_TARGET_OR_LOCAL:
            result = call->operation == OPERATION_WATCH ? watch_in_target(&request) : in_target(&request);
            if (place == PLACE_TARGET || (result != -E_NOENT && result != -E_NOTDIR)) {
                return result;
            }
            break;
    }
    return as_it_is(call->number, a);
}

static bool can_be_judged(const struct call *call, const uint64_t *a) {
    const char *path = (const char *)(uintptr_t)a[(int)call->path];
    const char *other = call->other < 0 ? "" : (const char *)(uintptr_t)a[(int)call->other];
    return path != NULL && other != NULL && (path[0] != '\0' || call_has_two_paths(call)) && strlen(path) < PATH_LIMIT
            && (call->other < 0 || strlen(other) < PATH_LIMIT);
}

long layer_call(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e) {
    const uint64_t arguments[] = {a, b, c, d, e, 0};
    const struct policy *policy = layer_policy();
    const struct call *call = known(number);
    struct room *room = policy == NULL || call == NULL || !can_be_judged(call, arguments) ? NULL : room_take();
    if (room == NULL) {
        return as_it_is(number, arguments);
    }
    long result = judged(policy, room, call, arguments);
    room_give(room);
    return result;
}

extern int *__errno_location(void) IMPORTED;

long layer_result(long result) {
    if (result < 0 && result > -4096) {
        if (__errno_location != NULL) {
            *__errno_location() = (int)-result;
        }
        return -1;
    }
    return result;
}

void *layer_null(long error) {
    (void)layer_result(error);
    return NULL;
}
