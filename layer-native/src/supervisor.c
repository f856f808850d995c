/*
 * Serves the app's system calls that take a path.
 *
 * Theory of operation: the app's process installs a filter before it executes the app (filter.c; user notification), so
 * it and all of its descendants stop at the calls of calls.c until the listener's owner answers. That is the launcher, their
 * ancestor: a few threads of it each take a call, read the path from the caller's memory, ask the policy, and
 *
 *   local             the call goes on in the kernel as it was (SECCOMP_USER_NOTIF_FLAG_CONTINUE)
 *   of the target     is done here below one descriptor (tree.c); an opened file is put into the caller's table
 *   not found, EROFS  is answered
 *
 * Nothing here protects anybody from the app: a path that changes between our look and the kernel's is the app's own affair.
 * What we act on, we read once. Below a directory of the target the kernel finds a relative path without us.
 *
 * inotify instances are made here and put into the caller's table (instances.c), so that the sidecar can be given them when a
 * file of the target is to be watched (watching.c).
 *
 * The kernel wakes every thread that waits for a call, so only one does (it leads). It decides, and goes on to the next call,
 * but before anything that may take longer it steps aside, and another one leads. SYNC_WAKE_UP (Linux 6.6) halves the time
 * of an answer.
 */
#include "supervisor.h"

#include "caller.h"
#include "connecting.h"
#include "instances.h"
#include "judge.h"
#include "notify.h"
#include "text.h"
#include "thread.h"
#include "tree.h"
#include "watching.h"

enum { NOTIFY_CONTINUE = 1, NOTIFY_SYNC_WAKE_UP = 1, ADDFD_SEND = 2 };
enum { O_CREATE_OR_TEMPORARY = 0100 | 020000000 };

struct worker {
    struct policy_room room;
    struct tree_room texts;
    char path[PATH_LIMIT];
    char other[PATH_LIMIT];
    char served[PATH_LIMIT]; /* the room holds one mapped path only */
    char absolute[2][PATH_LIMIT];
    struct caller_ids ids;
    bool leads;
};

static struct {
    const struct policy *policy;
    int listener;
    int root;
    int changeable;
    uint32_t lead; /* a lock: whoever has it takes the next call */
    bool told_read_only;
} shared;

/* Before what takes longer than a decision: another thread takes the next call. */
static void step_aside(struct worker *worker) {
    worker->leads = false;
    lock_release(&shared.lead);
}

static void send_answer(uint64_t id, long result, unsigned flags) { notify_answer(shared.listener, id, result, flags); }

static void let_pass(const struct notification *call) { send_answer(call->id, 0, NOTIFY_CONTINUE); }

static void give_descriptor(const struct notification *call, int fd, bool close_on_exec) {
    struct descriptor_answer answer = {call->id, ADDFD_SEND, (uint32_t)fd, 0, close_on_exec ? O_CLOEXEC_ : 0};
    long result = sys_ioctl(shared.listener, NOTIFY_ADDFD, &answer);
    if (result == -E_INVAL) { /* before Linux 5.14: in two steps */
        answer.flags = 0;
        result = sys_ioctl(shared.listener, NOTIFY_ADDFD, &answer);
        send_answer(call->id, result, 0);
    } else if (result < 0) {
        send_answer(call->id, result, 0);
    }
    sys_close(fd);
}

void supervisor_say_read_only(const char *path) {
    if (!__atomic_exchange_n(&shared.told_read_only, true, __ATOMIC_RELAXED)) {
        say(path, " may only be read (EROFS): it is the target's and read-only by feature.fs or by its mount;"
                " feature.fs.read_write or feature.fs.local would allow it", NULL);
    }
}

/* Judges the path at a position among the arguments, which has been read. */
static enum place judge_argument(struct worker *worker, const struct notification *notification, int at, char *path, bool changing,
        struct request *request, const char **served) {
    *served = path;
    if (path[0] == '/' || path[0] == '\0') {
        return judge(shared.policy, &worker->room, path, changing, served, &request->changeable);
    }
    request->changeable = false;
    char *absolute = worker->absolute[at == request->call->other];
    int from = judge_directory_of(request->call, at);
    int fd = from < 0 ? AT_FDCWD_ : (int)notification->arguments[from];
    struct process_path link = fd == AT_FDCWD_ ? process_path(notification->pid, "/cwd") : process_descriptor(notification->pid, "/fd/", fd);
    return judge_absolute(link.text, path, absolute)
            ? judge_relative(shared.policy, &worker->room, absolute, changing, served, &request->changeable)
            : PLACE_LOCAL;
}

/* open(2)'s, and zero for others, which say by themselves that they change something. */
static unsigned flags_of(const struct notification *notification, const struct call *call, int memory) {
    if (call->operation == OPERATION_OPEN_HOW) {
        uint64_t flags = 0;
        (void)SYS4(pread64, memory, &flags, sizeof flags, notification->arguments[(int)call->x]);
        return (unsigned)flags;
    }
    return call->flags < 0 ? call->fixed : (unsigned)notification->arguments[(int)call->flags];
}

static void serve_in_target(const struct notification *notification, struct request *request,
        bool or_local) {
    const struct call *call = request->call;
    bool opens = call->operation == OPERATION_OPEN || call->operation == OPERATION_OPEN_HOW;
    bool creates = opens && (request->flags & O_CREATE_OR_TEMPORARY) != 0;
    uint64_t id = notification->id;
    if (call->x >= 0) {
        request->mode = (unsigned)notification->arguments[(int)call->x];
    }
    if (call->operation == OPERATION_OPEN_HOW) {
        uint64_t mode = 0;
        (void)SYS4(pread64, request->memory, &mode, sizeof mode, notification->arguments[(int)call->x] + 8);
        request->mode = (unsigned)mode;
    }
    if (creates || call->operation == OPERATION_MKDIR || call->operation == OPERATION_MKNOD) {
        request->mode &= ~caller_umask(notification->pid);
    }
    /* The thread whose memory we read is still the one that called. */
    if (sys_ioctl(shared.listener, NOTIFY_VALID, &id) < 0) {
        return;
    }
    request->root = __atomic_load_n(request->changeable ? &shared.changeable : &shared.root, __ATOMIC_ACQUIRE);
    struct outcome outcome = tree_do(request);
    if (outcome.fd >= 0) {
        give_descriptor(notification, outcome.fd, (request->flags & O_CLOEXEC_) != 0);
    } else if (or_local && (outcome.value == -E_NOENT || outcome.value == -E_NOTDIR)) {
        let_pass(notification);
    } else {
        send_answer(notification->id, outcome.value == -E_NOTCONN ? -E_IO : outcome.value, 0);
    }
}

/* A watch on a file of the target, if the caller's inotify instance is known; true when that was not for us to do. */
static bool watch_in_target(const struct notification *notification, const struct request *request, bool or_local) {
    uint64_t id = notification->id;
    unsigned mask = (unsigned)notification->arguments[(int)request->call->y];
    long inotify = instances_take(notification->pid, (int)notification->arguments[(int)request->call->x]);
    if (inotify < 0) {
        return true; /* the kernel says what is wrong with it */
    }
    long result = watching_check((int)inotify, mask);
    /* The thread whose descriptor we looked at is still the one that called. */
    if (result == 0 && sys_ioctl(shared.listener, NOTIFY_VALID, &id) == 0) {
        result = watching_ask(MIRRORD_SOCKETS, (int)inotify, request->path, mask);
    }
    sys_close((int)inotify);
    if (or_local && (result == -E_NOENT || result == -E_NOTDIR)) {
        return true;
    }
    send_answer(id, result, 0);
    return false;
}

static void serve_inotify_init(const struct notification *notification) {
    unsigned flags = notification->number == NR_inotify_init1 ? (unsigned)notification->arguments[0] : 0;
    long fd = instances_make(flags);
    if (fd < 0) {
        let_pass(notification); /* the caller may have more luck */
    } else {
        give_descriptor(notification, (int)fd, (flags & O_CLOEXEC_) != 0);
    }
}

/* What the caller's arguments are and which side is for them; false when the kernel has to say what is wrong with them. */
static bool judge_call(struct worker *worker, const struct notification *notification, struct request *request, enum place *place) {
    const struct call *call = request->call;
    uint32_t thread = notification->pid;
    if (!caller_text(&worker->ids, thread, notification->arguments[(int)call->path], &request->memory, worker->path)
            || (call->other >= 0
                    && !caller_text(&worker->ids, thread, notification->arguments[(int)call->other], &request->memory, worker->other))
            || (call->operation == OPERATION_OPEN_HOW && !caller_memory(&worker->ids, thread, &request->memory))) {
        return false;
    }
    request->flags = flags_of(notification, call, request->memory);
    request->other = call->other >= 0 ? worker->other : NULL;
    bool changing = call_changes(call, notification->arguments, request->flags);
    *place = judge_argument(worker, notification, call->path, worker->path, changing, request, &request->path);
    if (call_has_two_paths(call)) {
        if (request->path == worker->room.mapped) {
            memcpy(worker->served, request->path, PATH_LIMIT);
            request->path = worker->served;
        }
        enum place other = judge_argument(worker, notification, call->other, worker->other, changing, request, &request->other);
        *place = judge_both(*place, other);
    }
    bool served = *place == PLACE_TARGET || *place == PLACE_TARGET_OR_LOCAL;
    return !served || caller_memory(&worker->ids, thread, &request->memory);
}

static void decide(struct worker *worker, const struct notification *notification, struct request *request) {
    const struct call *call = request->call;
    enum place place = PLACE_LOCAL;
    if (!judge_call(worker, notification, request, &place)) {
        let_pass(notification);
        return;
    }
    switch (place) {
        case PLACE_LOCAL:
            let_pass(notification);
            return;
        case PLACE_APART:
            send_answer(notification->id, -E_XDEV, 0);
            return;
        case PLACE_ABSENT:
            send_answer(notification->id, -E_NOENT, 0);
            return;
        case PLACE_REFUSED:
            if (call->operation != OPERATION_ACCESS) {
                supervisor_say_read_only(request->path);
            }
            send_answer(notification->id, -E_ROFS, 0);
            return;
        case PLACE_TARGET:
        case PLACE_TARGET_OR_LOCAL:
            step_aside(worker);
            if (call->operation == OPERATION_WATCH) {
                if (watch_in_target(notification, request, place == PLACE_TARGET_OR_LOCAL)) {
                    let_pass(notification);
                }
                return;
            }
            serve_in_target(notification, request, place == PLACE_TARGET_OR_LOCAL);
            return;
    }
}

static void serve(struct worker *worker, const struct notification *notification) {
    bool connects = notification->number == NR_connect;
    if (notification->number == NR_inotify_init1 || notification->number == NR_inotify_init) {
        serve_inotify_init(notification);
        return;
    }
    const struct call *call = connects ? NULL : call_of(notification->number);
    struct request request = {.call = call, .arguments = notification->arguments, .memory = -1, .room = &worker->texts};
    struct connecting connecting = {shared.listener, shared.policy, &worker->room.expression};
    if (connects) {
        step_aside(worker);
    }
    if (call != NULL) {
        decide(worker, notification, &request);
    } else if (!connects || !caller_memory(&worker->ids, notification->pid, &request.memory)
            || connecting_serve(&connecting, notification, request.memory, worker->other)) {
        let_pass(notification);
    }
    if (request.memory >= 0) {
        sys_close(request.memory);
    }
}

/* False when every process of the filter is gone. */
static bool somebody_is_left(void) {
    struct poll_entry entry = {shared.listener, POLL_IN, 0};
    return sys_poll(&entry, 1, 0) <= 0 || (entry.seen & POLL_HUP) == 0;
}

static void *work(void *unused) {
    struct worker *worker = memory_reserve(sizeof *worker);
    (void)unused;
    if (worker != NULL) {
        worker->room.expression.mark = 0;
        memset(worker->room.expression.marks, 0, sizeof worker->room.expression.marks);
        worker->ids = caller_ids();
        for (;;) {
            struct notification notification;
            if (!worker->leads) {
                lock_take(&shared.lead);
                worker->leads = true;
            }
            memset(&notification, 0, sizeof notification); /* the kernel insists */
            long error = sys_ioctl(shared.listener, NOTIFY_RECEIVE, &notification);
            if (error == 0) {
                serve(worker, &notification);
            } else if (error != -E_INTR && (error != -E_NOENT || !somebody_is_left())) {
                break;
            }
        }
        step_aside(worker);
    }
#ifndef HOSTED
    (void)SYS1(exit, 0);
#endif
    return NULL;
}

long supervisor_start(int listener, const struct policy *policy, int root, int changeable) {
    shared.listener = listener;
    shared.policy = policy;
    shared.root = root;
    shared.changeable = changeable;
    sys_umask(0);
    (void)sys_ioctl(listener, NOTIFY_FLAGS, (void *)(uintptr_t)NOTIFY_SYNC_WAKE_UP);
    long error = 0;
    long started = 0;
    for (int i = 0; i < SUPERVISOR_THREADS; i++) {
        error = thread_start(work);
        started += error >= 0;
    }
    return started > 0 ? 0 : error;
}

void supervisor_replace(int root, int changeable) {
    __atomic_store_n(&shared.root, root, __ATOMIC_RELEASE);
    __atomic_store_n(&shared.changeable, changeable, __ATOMIC_RELEASE);
}
