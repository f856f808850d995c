/*
 * Serves the app's system calls that take a path.
 *
 * Theory of operation: the app's process installs a filter before it executes the app (seccomp(2), user notification), so
 * it and all of its descendants stop at the calls of calls.c until the listener's owner answers. That is the launcher, their
 * ancestor: a few threads of it each take a call, read the path from the caller's memory, ask the policy, and
 *
 *   local             the call goes on in the kernel as it was (SECCOMP_USER_NOTIF_FLAG_CONTINUE)
 *   of the target     is done here below one descriptor (tree.c); an opened file is put into the caller's table
 *   not found, EROFS  is answered
 *
 * Nothing here protects anybody from the app: a path that changes between our look and the kernel's is the app's own affair.
 * What we act on, we read once. A relative path is local: below a directory of the target the kernel finds it without us.
 *
 * The caller's memory is opened with the caller's file-system ids (images that begin as root and drop it); each thread has
 * its own. A process that changed its ids without exec cannot be read without SYS_PTRACE: its calls stay local.
 *
 * inotify instances are made here and put into the caller's table (instances.c), so that the sidecar can be given them when a
 * file of the target is to be watched (watching.c).
 *
 * WAIT_KILLABLE_RECV (Linux 5.19) keeps a signal from restarting a call that has been taken; without it a call may be done
 * twice. SYNC_WAKE_UP (6.6) halves the time of an answer. Without SYS_ADMIN the filter needs no_new_privs.
 */
#include "supervisor.h"

#include "instances.h"
#include "judge.h"
#include "sockets.h"
#include "text.h"
#include "thread.h"
#include "tree.h"
#include "watching.h"

#ifndef SUPERVISOR_THREADS
#define SUPERVISOR_THREADS 8
#endif

enum { SET_MODE_FILTER = 1, NEW_LISTENER = 8, WAIT_KILLABLE = 32, PR_SET_NO_NEW_PRIVS_ = 38 };
enum { RET_ALLOW = 0x7fff0000, RET_NOTIFY = 0x7fc00000 };
enum { NOTIFY_CONTINUE = 1, NOTIFY_SYNC_WAKE_UP = 1, ADDFD_SEND = 2 };
enum { AT_EMPTY_PATH_ = 0x1000, X32 = 0x40000000 };
enum { STATX_OWNER = 8 | 16, STATX_UID = 20, STATX_GID = 24, STATX_LENGTH = 256 };
enum { NR_pidfd_getfd = 438, CONNECT_PATIENCE_MS = 10000, SOCK_SEQPACKET_ = 5, E_ISCONN = 106 };
/* The tests take one way or the other. */
#ifndef WITHOUT_GETFD
#define WITHOUT_GETFD false
#endif
enum { O_CREATE_OR_TEMPORARY = 0100 | 020000000 };
#if defined(__x86_64__)
enum { ARCHITECTURE = 0xc000003e, NR_inotify_init = 253 };
#else
enum { ARCHITECTURE = 0xc00000b7, NR_inotify_init = NR_inotify_init1 };
#endif

#define NOTIFY_RECEIVE 0xC0502100L
#define NOTIFY_SEND 0xC0182101L
#define NOTIFY_VALID 0x40082102L
#define NOTIFY_ADDFD 0x40182103L
#define NOTIFY_FLAGS 0x40082104L

struct filter_line {
    uint16_t code;
    uint8_t yes;
    uint8_t no;
    uint32_t value;
};

struct notification {
    uint64_t id;
    uint32_t pid; /* of the thread, in our namespace */
    uint32_t flags;
    int32_t number;
    uint32_t architecture;
    uint64_t instruction;
    uint64_t arguments[6];
};

struct answer {
    uint64_t id;
    int64_t value;
    int32_t error;
    uint32_t flags;
};

struct descriptor_answer {
    uint64_t id;
    uint32_t flags;
    uint32_t source;
    uint32_t number;
    uint32_t number_flags;
};

struct worker {
    struct policy_room room;
    struct tree_room texts;
    char path[PATH_LIMIT];
    char other[PATH_LIMIT];
    char served[PATH_LIMIT]; /* the room holds one mapped path only */
    unsigned user;
    unsigned group;
};

static struct {
    const struct policy *policy;
    int listener;
    int root;
    int changeable;
    bool told_read_only;
    bool told_unreadable;
} shared;

/* --- In the app's process -------------------------------------------------------------------------------------------- */

enum { LOAD = 0x20, JUMP_EQUAL = 0x15, JUMP_SET = 0x45, JUMP_AT_LEAST = 0x35, RETURN = 0x06 };
enum { OFFSET_NUMBER = 0, OFFSET_ARCHITECTURE = 4, OFFSET_ARGUMENTS = 16, FILTER_LIMIT = 128 };

/* Calls on a descriptor are made with an empty path and this flag: fstat(3) of newer C libraries. They need no decision. */
static size_t let_descriptors_pass(struct filter_line *line) {
    static const struct {
        int operation;
        int argument;
    } with_flag[] = {{OPERATION_STAT, 3}, {OPERATION_STATX, 2}};
    size_t count = 0;
    for (size_t i = 0; i < call_count; i++) {
        for (size_t j = 0; j < 2; j++) {
            if (calls[i].operation == with_flag[j].operation && calls[i].flags == with_flag[j].argument) {
                line[count++] = (struct filter_line){JUMP_EQUAL, 0, 4, (uint32_t)calls[i].number};
                line[count++] = (struct filter_line){LOAD, 0, 0, OFFSET_ARGUMENTS + 8 * (uint32_t)with_flag[j].argument};
                line[count++] = (struct filter_line){JUMP_SET, 0, 1, AT_EMPTY_PATH_};
                line[count++] = (struct filter_line){RETURN, 0, 0, RET_ALLOW};
                line[count++] = (struct filter_line){LOAD, 0, 0, OFFSET_NUMBER};
            }
        }
    }
    return count;
}

/* Calls that the library has decided: no call of ours has a sixth argument. */
static size_t let_marked_pass(struct filter_line *line, uint64_t marker) {
    size_t count = 0;
    line[count++] = (struct filter_line){LOAD, 0, 0, OFFSET_ARGUMENTS + 8 * 5};
    line[count++] = (struct filter_line){JUMP_EQUAL, 0, 3, (uint32_t)marker};
    line[count++] = (struct filter_line){LOAD, 0, 0, OFFSET_ARGUMENTS + 8 * 5 + 4};
    line[count++] = (struct filter_line){JUMP_EQUAL, 0, 1, (uint32_t)(marker >> 32)};
    line[count++] = (struct filter_line){RETURN, 0, 0, RET_ALLOW};
    return count;
}

static size_t make_filter(struct filter_line *line, uint64_t marker, const struct policy *policy) {
    size_t count = 0;
    size_t files = policy_has_files(policy) ? call_count : 0;
    int others[3];
    size_t other_count = 0;
    if (files > 0) {
        others[other_count++] = NR_inotify_init1;
        others[other_count++] = NR_inotify_init;
    }
    if (policy->socket_count > 0) {
        others[other_count++] = NR_connect;
    }
    line[count++] = (struct filter_line){LOAD, 0, 0, OFFSET_ARCHITECTURE};
    line[count++] = (struct filter_line){JUMP_EQUAL, 1, 0, ARCHITECTURE};
    line[count++] = (struct filter_line){RETURN, 0, 0, RET_ALLOW};
    line[count++] = (struct filter_line){LOAD, 0, 0, OFFSET_NUMBER};
    line[count++] = (struct filter_line){JUMP_AT_LEAST, 0, 1, X32};
    line[count++] = (struct filter_line){RETURN, 0, 0, RET_ALLOW};
    count += files > 0 ? let_descriptors_pass(line + count) : 0;
    for (size_t i = 0; i < other_count; i++) {
        line[count++] = (struct filter_line){JUMP_EQUAL, (uint8_t)(files + other_count - i), 0, (uint32_t)others[i]};
    }
    for (size_t i = 0; i < files; i++) {
        line[count++] = (struct filter_line){JUMP_EQUAL, (uint8_t)(files - i), 0, (uint32_t)calls[i].number};
    }
    line[count++] = (struct filter_line){RETURN, 0, 0, RET_ALLOW};
    if (marker != 0) {
        count += let_marked_pass(line + count, marker);
    }
    line[count++] = (struct filter_line){RETURN, 0, 0, RET_NOTIFY};
    return count;
}

long supervisor_install(uint64_t marker, const struct policy *policy) {
    struct filter_line lines[FILTER_LIMIT];
    struct {
        uint16_t count;
        const struct filter_line *lines;
    } filter = {(uint16_t)make_filter(lines, marker, policy), lines};
    long fd = SYS3(seccomp, SET_MODE_FILTER, NEW_LISTENER | WAIT_KILLABLE, &filter);
    if (fd == -E_ACCES) {
        SYS5(prctl, PR_SET_NO_NEW_PRIVS_, 1, 0, 0, 0);
        fd = SYS3(seccomp, SET_MODE_FILTER, NEW_LISTENER | WAIT_KILLABLE, &filter);
    }
    return fd == -E_INVAL ? SYS3(seccomp, SET_MODE_FILTER, NEW_LISTENER, &filter) : fd;
}

/* --- In the launcher ------------------------------------------------------------------------------------------------- */

static void send_answer(uint64_t id, long result, unsigned flags) {
    struct answer answer = {id, result < 0 ? 0 : result, result < 0 ? (int32_t)result : 0, flags};
    /* ENOENT: the caller has been killed. */
    (void)sys_ioctl(shared.listener, NOTIFY_SEND, &answer);
}

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

struct process_path {
    char text[64];
};

static struct process_path process_path(uint32_t pid, const char *name) {
    struct process_path path = {"/proc/"};
    struct decimal number = text_decimal(pid);
    size_t length = strlen(number.digits);
    memcpy(path.text + 6, number.digits, length);
    memcpy(path.text + 6 + length, name, strlen(name) + 1);
    return path;
}

/* Takes the caller's ids for this thread; false when they were ours already. */
static bool become(struct worker *worker, uint32_t pid) {
    unsigned char bytes[STATX_LENGTH];
    unsigned owner[2];
    struct process_path path = process_path(pid, "");
    if (SYS5(statx, AT_FDCWD_, path.text, 0, STATX_OWNER, bytes) < 0) {
        return false;
    }
    memcpy(&owner[0], bytes + STATX_UID, sizeof owner[0]);
    memcpy(&owner[1], bytes + STATX_GID, sizeof owner[1]);
    if (owner[0] == worker->user && owner[1] == worker->group) {
        return false;
    }
    worker->user = owner[0];
    worker->group = owner[1];
    SYS1(setfsgid, owner[1]);
    SYS1(setfsuid, owner[0]);
    return true;
}

static long open_memory(struct worker *worker, uint32_t pid) {
    enum { READ_WRITE = 2 };
    struct process_path path = process_path(pid, "/mem");
    long fd = SYS4(openat, AT_FDCWD_, path.text, READ_WRITE | O_CLOEXEC_, 0);
    if ((fd == -E_ACCES || fd == -E_PERM) && become(worker, pid)) {
        fd = SYS4(openat, AT_FDCWD_, path.text, READ_WRITE | O_CLOEXEC_, 0);
    }
    if ((fd == -E_ACCES || fd == -E_PERM) && !__atomic_exchange_n(&shared.told_unreadable, true, __ATOMIC_RELAXED)) {
        say("a process that changed its user or hides its memory gets its paths from the image, not from the target", NULL);
    }
    return fd;
}

/* The mode that the caller's umask leaves. */
static unsigned with_umask(uint32_t pid, unsigned mode) {
    static const char label[] = "\nUmask:\t";
    char text[512];
    struct process_path path = process_path(pid, "/status");
    long fd = SYS4(openat, AT_FDCWD_, path.text, O_CLOEXEC_, 0);
    long length = fd < 0 ? fd : sys_read((int)fd, text, sizeof text);
    if (fd >= 0) {
        sys_close((int)fd);
    }
    for (long at = 0; at + (long)sizeof label + 3 <= length; at++) {
        if (memcmp(text + at, label, sizeof label - 1) == 0) {
            const char *digit = text + at + sizeof label - 1;
            unsigned mask = 0;
            for (; *digit >= '0' && *digit <= '7'; digit++) {
                mask = mask * 8 + (unsigned)(*digit - '0');
            }
            return mode & ~mask;
        }
    }
    return mode & ~022U;
}

void supervisor_say_read_only(const char *path) {
    if (!__atomic_exchange_n(&shared.told_read_only, true, __ATOMIC_RELAXED)) {
        say(path, " may only be read (EROFS): it is the target's and read-only by feature.fs or by its mount;"
                " feature.fs.read_write or feature.fs.local would allow it", NULL);
    }
}

static enum place place_of_path(struct worker *worker, const char *path, bool changing, struct request *request, const char **served) {
    return judge(shared.policy, &worker->room, path, changing, served, &request->changeable);
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

static void serve_in_target(struct worker *worker, const struct notification *notification, struct request *request,
        bool or_local) {
    const struct call *call = request->call;
    bool opens = call->operation == OPERATION_OPEN || call->operation == OPERATION_OPEN_HOW;
    bool creates = opens && (request->flags & O_CREATE_OR_TEMPORARY) != 0;
    uint64_t id = notification->id;
    (void)worker;
    if (call->x >= 0) {
        request->mode = (unsigned)notification->arguments[(int)call->x];
    }
    if (call->operation == OPERATION_OPEN_HOW) {
        uint64_t mode = 0;
        (void)SYS4(pread64, request->memory, &mode, sizeof mode, notification->arguments[(int)call->x] + 8);
        request->mode = (unsigned)mode;
    }
    if (creates || call->operation == OPERATION_MKDIR || call->operation == OPERATION_MKNOD) {
        request->mode = with_umask(notification->pid, request->mode);
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

static void decide(struct worker *worker, const struct notification *notification, const struct call *call, int memory) {
    struct request request = {.call = call, .arguments = notification->arguments, .memory = memory, .room = &worker->texts};
    enum place place = PLACE_LOCAL;
    if (memory_text(memory, notification->arguments[(int)call->path], worker->path, PATH_LIMIT) <= 0
            || (call->other >= 0 && memory_text(memory, notification->arguments[(int)call->other], worker->other, PATH_LIMIT) <= 0)
            || (worker->path[0] != '/' && !call_has_two_paths(call))) {
        let_pass(notification); /* the kernel says what is wrong with it */
        return;
    }
    request.flags = flags_of(notification, call, memory);
    request.path = worker->path;
    request.other = call->other >= 0 ? worker->other : NULL;
    bool changing = call_changes(call, notification->arguments, request.flags);
    place = place_of_path(worker, worker->path, changing, &request, &request.path);
    if (call_has_two_paths(call)) {
        if (request.path != worker->path) {
            memcpy(worker->served, request.path, PATH_LIMIT);
            request.path = worker->served;
        }
        place = judge_both(place, place_of_path(worker, worker->other, changing, &request, &request.other));
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
                supervisor_say_read_only(worker->path);
            }
            send_answer(notification->id, -E_ROFS, 0);
            return;
        case PLACE_TARGET:
        case PLACE_TARGET_OR_LOCAL:
            if (call->operation == OPERATION_WATCH) {
                if (watch_in_target(notification, &request, place == PLACE_TARGET_OR_LOCAL)) {
                    let_pass(notification);
                }
                return;
            }
            serve_in_target(worker, notification, &request, place == PLACE_TARGET_OR_LOCAL);
            return;
    }
}

/* The number after a label, to the base given; zero when it is not there. */
static unsigned long number_after(const char *text, size_t length, const char *label, unsigned base) {
    size_t size = strlen(label);
    unsigned long value = 0;
    for (size_t at = 0; at + size <= length; at++) {
        if (memcmp(text + at, label, size) == 0) {
            for (at += size; at < length && text[at] >= '0' && text[at] < (char)('0' + base); at++) {
                value = value * base + (unsigned long)(text[at] - '0');
            }
            return value;
        }
    }
    return 0;
}

static size_t read_some(const char *path, char *to, size_t size) {
    long fd = SYS4(openat, AT_FDCWD_, path, O_CLOEXEC_, 0);
    long length = fd < 0 ? fd : sys_read((int)fd, to, size);
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return length < 0 ? 0 : (size_t)length;
}

/* The caller's own socket, or a negative errno. */
static long take_socket(uint32_t thread, int number) {
    char text[512];
    struct process_path path = process_path(thread, "/status");
    long process = (long)number_after(text, read_some(path.text, text, sizeof text), "\nTgid:\t", 10);
    long pidfd = sys_pidfd_open(process);
    if (pidfd < 0) {
        return pidfd;
    }
    long result = WITHOUT_GETFD ? -E_PERM : SYS3(pidfd_getfd, pidfd, number, 0);
    sys_close((int)pidfd);
    return result;
}

/* A line of /proc/net/unix: "address: references protocol flags type state inode path". */
static long type_in(const char *line, size_t length, unsigned long inode) {
    enum { TYPE = 4, STATE = 5, INODE = 6, CONNECTED = 3 };
    size_t at = 0;
    long type = 0;
    for (int field = 0; field <= INODE && at < length; field++) {
        if (field == TYPE) {
            type = (long)number_after(line + at, length - at, "", 10);
        } else if (field == STATE && number_after(line + at, length - at, "", 10) == CONNECTED) {
            type = E_ISCONN;
        } else if (field == INODE && number_after(line + at, length - at, "", 10) == inode) {
            return type;
        }
        at += text_find(line + at, length - at, ' ');
        while (at < length && line[at] == ' ') {
            at++;
        }
    }
    return -1;
}

/* The type of a unix socket of this network namespace, or a negative errno. */
static long type_of_inode(unsigned long inode, char *buffer, size_t size) {
    long fd = SYS4(openat, AT_FDCWD_, "/proc/net/unix", O_CLOEXEC_, 0);
    long type = -1;
    size_t held = 0;
    for (long count = 1; fd >= 0 && type < 0 && count > 0;) {
        count = sys_read((int)fd, buffer + held, size - held);
        held += count > 0 ? (size_t)count : 0;
        size_t at = 0;
        for (size_t end; type < 0 && at + (end = text_find(buffer + at, held - at, '\n')) < held; at += end + 1) {
            type = type_in(buffer + at, end, inode);
        }
        memmove(buffer, buffer + at, held - at);
        held -= at;
    }
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return type == E_ISCONN ? -E_ISCONN : type == SOCK_STREAM_ || type == SOCK_SEQPACKET_ ? type : -E_PERM;
}

/* Where descriptors may not be taken (engines' profiles of seccomp): the type, by what can be seen of it. */
static long look_at_socket(struct worker *worker, uint32_t thread, int number, unsigned *flags) {
    struct process_path path = process_path(thread, "/fdinfo/");
    struct decimal digits = text_decimal((uint64_t)(unsigned)number);
    size_t end = strlen(path.text);
    memcpy(path.text + end, digits.digits, strlen(digits.digits) + 1);
    *flags = (unsigned)number_after(worker->other, read_some(path.text, worker->other, PATH_LIMIT), "flags:\t", 8);
    path = process_path(thread, "/fd/");
    memcpy(path.text + strlen(path.text), digits.digits, strlen(digits.digits) + 1);
    long length = SYS4(readlinkat, AT_FDCWD_, path.text, worker->other, PATH_LIMIT);
    unsigned long inode = length < 0 ? 0 : number_after(worker->other, (size_t)length, "socket:[", 10);
    return inode == 0 ? -E_PERM : type_of_inode(inode, worker->other, PATH_LIMIT);
}

/* A connected socket in the place of the caller's. */
static long replace_socket(const struct notification *notification, long type, unsigned flags, const unsigned char *token) {
    enum { AT_NUMBER = 1, F_SETFL_ = 4, READ_WRITE = 2 };
    long fd = sys_socket(AF_UNIX_, (int)type | O_CLOEXEC_);
    long error = fd < 0 ? fd : sockets_join(MIRRORD_SOCKETS, (int)fd, (int)type, token);
    if (error == 0) {
        struct descriptor_answer answer = {notification->id, AT_NUMBER, (uint32_t)fd, (uint32_t)notification->arguments[0], flags & O_CLOEXEC_};
        sys_fcntl((int)fd, F_SETFL_, READ_WRITE | (flags & O_NONBLOCK_));
        error = sys_ioctl(shared.listener, NOTIFY_ADDFD, &answer);
    }
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return error < 0 ? error : 0;
}

/* Connects the caller's socket for it; true when that was not for us to do. */
static bool connect_for(struct worker *worker, const struct notification *notification, const struct unix_address *address) {
    static int waiting;
    unsigned char token[SOCKET_TOKEN];
    char path[sizeof address->path + 1] = {0};
    unsigned flags = 0;
    memcpy(path, address->path, sizeof address->path);
    long fd = take_socket(notification->pid, (int)notification->arguments[0]);
    long type = fd == -E_PERM ? look_at_socket(worker, notification->pid, (int)notification->arguments[0], &flags)
              : fd < 0        ? fd
                              : sockets_type((int)fd);
    if (type == -E_ISCONN) {
        send_answer(notification->id, type, 0);
        return false;
    }
    if (type >= 0) {
        /* Threads that wait for a target serve nobody else: half of them stay. */
        bool room = __atomic_add_fetch(&waiting, 1, __ATOMIC_RELAXED) <= SUPERVISOR_THREADS / 2;
        long error = room ? sockets_ask(MIRRORD_SOCKETS, (int)type, path, CONNECT_PATIENCE_MS, token) : -E_AGAIN;
        __atomic_sub_fetch(&waiting, 1, __ATOMIC_RELAXED);
        if (error == 0) {
            error = fd < 0 ? replace_socket(notification, type, flags, token) : sockets_join(MIRRORD_SOCKETS, (int)fd, (int)type, token);
        }
        send_answer(notification->id, error, 0);
    }
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return type < 0;
}

static void serve_connect(struct worker *worker, const struct notification *notification, int memory) {
    struct unix_address address = {.family = 0};
    size_t length = notification->arguments[2] < sizeof address ? notification->arguments[2] : sizeof address;
    bool carried = SYS4(pread64, memory, &address, length, notification->arguments[1]) == (long)length
            && sockets_carries(shared.policy, &worker->room.expression, &address);
    if (!carried || connect_for(worker, notification, &address)) {
        let_pass(notification);
    }
}

static void serve(struct worker *worker, const struct notification *notification) {
    bool connects = notification->number == NR_connect;
    if (notification->number == NR_inotify_init1 || notification->number == NR_inotify_init) {
        serve_inotify_init(notification);
        return;
    }
    const struct call *call = connects ? NULL : call_of(notification->number);
    long memory = call == NULL && !connects ? -E_NOSYS : open_memory(worker, notification->pid);
    if (memory < 0) {
        let_pass(notification);
        return;
    }
    if (connects) {
        serve_connect(worker, notification, (int)memory);
    } else {
        decide(worker, notification, call, (int)memory);
    }
    sys_close((int)memory);
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
        worker->user = (unsigned)SYS1(setfsuid, -1);
        worker->group = (unsigned)SYS1(setfsgid, -1);
        for (;;) {
            struct notification notification;
            memset(&notification, 0, sizeof notification); /* the kernel insists */
            long error = sys_ioctl(shared.listener, NOTIFY_RECEIVE, &notification);
            if (error == 0) {
                serve(worker, &notification);
            } else if (error != -E_INTR && (error != -E_NOENT || !somebody_is_left())) {
                break;
            }
        }
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
