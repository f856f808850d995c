/*
 * inotify instances of supervised processes.
 *
 * Theory of operation: a watch on a file of the target is made by the sidecar, on the app's own instance (watching.c). A
 * descriptor cannot be taken out of another process where the engine's seccomp profile forbids pidfd_getfd(2), as Docker's
 * does; so instances are made here, when the app asks for one, and one descriptor stays. To know it again, whatever number and
 * process it is found in, the instance gets a mark before anybody else has it: its first watch is on a pipe that nobody has
 * any more. proc(5) shows that watch to who may trace the process, which the supervisor may.
 *
 * What the app has closed must be closed here: instances are counted for each user. A thread looks through the app's processes
 * every few seconds while there are instances, and when there is no room. One that is found nowhere is closed, but none while
 * there is a process that cannot be looked into. There is room for a few; who asks for one more gets it, but its watches are
 * on the image's files, which is said.
 */
#include "instances.h"

#include "text.h"
#include "thread.h"

enum { INSTANCES = 32, MOVE_SELF = 0x800, DUP_CLOSE_ON_EXEC = 1030 };
enum { LOOK_MS = 2000, YOUNG_MS = 500, ROOM_MS = 500, STEP_MS = 10, BUSY = 20, NAME_OFFSET = 19, LINK_LIMIT = 64, STATX_OWNER_ = 8 | 16, STATX_LENGTH_ = 256 };
#if defined(__x86_64__)
enum { O_DIRECTORY_ = 0200000, NR_pipe2 = 293 };
#else
enum { O_DIRECTORY_ = 040000, NR_pipe2 = 59 };
#endif

struct instance {
    int fd;
    bool seen;
    unsigned long mark; /* zero: free */
    int64_t since; /* when it was made: it may still be on its way */
};

static struct {
    int locked;
    int wanted; /* somebody waits for room */
    bool looking;
    bool told;
    struct instance all[INSTANCES];
} shared;

static void lock(void) {
    while (__atomic_exchange_n(&shared.locked, 1, __ATOMIC_ACQUIRE) != 0) {
        sys_poll(NULL, 0, 1);
    }
}

static void unlock(void) { __atomic_store_n(&shared.locked, 0, __ATOMIC_RELEASE); }

struct proc_path {
    char text[64];
};

/* /proc/PROCESS/NAME/NUMBER; a zero stands for this process, a negative number for none. */
static struct proc_path proc_path(unsigned long process, const char *name, int number) {
    struct proc_path path = {"/proc/self"};
    size_t length = strlen(path.text);
    struct decimal digits = text_decimal(process);
    if (process != 0) {
        length = 6;
        memcpy(path.text + length, digits.digits, strlen(digits.digits) + 1);
        length += strlen(digits.digits);
    }
    memcpy(path.text + length, name, strlen(name) + 1);
    length += strlen(name);
    if (number >= 0) {
        digits = text_decimal((uint64_t)number);
        memcpy(path.text + length, digits.digits, strlen(digits.digits) + 1);
    }
    return path;
}

/* The inode of the first watch: "inotify wd:1 ino:HEX …", the last of the lines; zero when there is none. */
static unsigned long mark_of(unsigned long process, int number) {
    static const char label[] = "inotify wd:1 ino:";
    char text[1024];
    size_t held = 0;
    unsigned long mark = 0;
    struct proc_path path = proc_path(process, "/fdinfo/", number);
    long fd = SYS4(openat, AT_FDCWD_, path.text, O_CLOEXEC_, 0);
    for (long count = 1; fd >= 0 && count > 0 && mark == 0;) {
        count = sys_read((int)fd, text + held, sizeof text - held);
        held += count > 0 ? (size_t)count : 0;
        size_t at = 0;
        for (size_t end; mark == 0 && at + (end = text_find(text + at, held - at, '\n')) < held; at += end + 1) {
            const char *line = text + at;
            if (end > sizeof label && memcmp(line, label, sizeof label - 1) == 0) {
                for (line += sizeof label - 1; (*line >= '0' && *line <= '9') || (*line >= 'a' && *line <= 'f'); line++) {
                    mark = mark * 16 + (unsigned long)(*line <= '9' ? *line - '0' : *line - 'a' + 10);
                }
            }
        }
        if (at == 0 && held == sizeof text) {
            at = held; /* no line of inotify is as long */
        }
        memmove(text, text + at, held - at);
        held -= at;
    }
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return mark;
}

/* Zero when the instance cannot be marked. A pipe's inode stays as long as it is watched; that of a file without a name would
 * not, and its watch would end with an event. */
static unsigned long mark(int inotify) {
    int ends[2];
    if (SYS2(pipe2, ends, O_CLOEXEC_) < 0) {
        return 0;
    }
    struct proc_path path = proc_path(0, "/fd/", ends[0]);
    long watch = SYS3(inotify_add_watch, inotify, path.text, MOVE_SELF);
    sys_close(ends[0]);
    sys_close(ends[1]);
    return watch == 1 ? mark_of(0, inotify) : 0;
}

/* --- Which of them are still the app's --------------------------------------------------------------------------------- */

static void mark_seen(unsigned long found) {
    lock();
    for (size_t i = 0; i < INSTANCES; i++) {
        if (found != 0 && shared.all[i].mark == found) {
            shared.all[i].seen = true;
        }
    }
    unlock();
}

static unsigned long number_of(const char *text) {
    unsigned long value = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (unsigned long)(*text - '0');
    }
    return *text == '\0' ? value : 0;
}

/* This thread's ids become those of the process's owner: who else may look into it. */
static bool become_owner(unsigned long process) {
    unsigned char bytes[STATX_LENGTH_];
    unsigned owner[2];
    struct proc_path path = proc_path(process, "", -1);
    if (SYS5(statx, AT_FDCWD_, path.text, 0, STATX_OWNER_, bytes) < 0) {
        return false;
    }
    memcpy(owner, bytes + 20, sizeof owner);
    SYS1(setfsgid, owner[1]);
    SYS1(setfsuid, owner[0]);
    return true;
}

/* Calls it with every name of a directory that is a number; a negative errno when it cannot be read. */
static long each_number(const char *directory, bool (*with)(unsigned long number, unsigned long context), unsigned long context) {
    char entries[2048];
    bool all = true;
    long fd = SYS4(openat, AT_FDCWD_, directory, O_CLOEXEC_ | O_DIRECTORY_, 0);
    long count = fd;
    while (fd >= 0 && (count = SYS3(getdents64, fd, entries, sizeof entries)) > 0) {
        for (long at = 0; at < count;) {
            uint16_t length;
            memcpy(&length, entries + at + 16, sizeof length);
            const char *name = entries + at + NAME_OFFSET;
            if (name[0] >= '0' && name[0] <= '9') {
                all = with(number_of(name), context) && all;
            }
            at += length;
        }
    }
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return count < 0 ? count : all ? 0 : -E_ACCES;
}

static bool look_at_descriptor(unsigned long number, unsigned long process) {
    static const char wanted[] = "anon_inode:inotify";
    char link[LINK_LIMIT];
    struct proc_path path = proc_path(process, "/fd/", (int)number);
    long length = SYS4(readlinkat, AT_FDCWD_, path.text, link, sizeof link);
    if (length == (long)sizeof wanted - 1 && memcmp(link, wanted, sizeof wanted - 1) == 0) {
        mark_seen(mark_of(process, (int)number));
    }
    return true;
}

/* False when the process cannot be looked into. */
static bool look_at_process(unsigned long process, unsigned long self) {
    if (process == self) {
        return true;
    }
    struct proc_path path = proc_path(process, "/fd", -1);
    long error = each_number(path.text, look_at_descriptor, process);
    if ((error == -E_ACCES || error == -E_PERM) && become_owner(process)) {
        error = each_number(path.text, look_at_descriptor, process);
    }
    return error != -E_ACCES && error != -E_PERM;
}

/* Closes what nobody has. */
static void sweep(int64_t began) {
    lock();
    for (size_t i = 0; i < INSTANCES; i++) {
        struct instance *each = &shared.all[i];
        if (each->mark != 0 && !each->seen && began - each->since > YOUNG_MS) {
            sys_close(each->fd);
            *each = (struct instance){.fd = -1};
        }
    }
    unlock();
}

/* Whether there are any; none is seen yet. */
static bool begin_look(void) {
    bool any = false;
    lock();
    for (size_t i = 0; i < INSTANCES; i++) {
        any = any || shared.all[i].mark != 0;
        shared.all[i].seen = false;
    }
    unlock();
    return any;
}

static void *look(void *unused) {
    int64_t pause = LOOK_MS;
    (void)unused;
    for (;;) {
        struct duration timeout = {pause / 1000, pause % 1000 * 1000000};
        (void)SYS4(futex, &shared.wanted, WAIT_PRIVATE, 0, &timeout);
        __atomic_store_n(&shared.wanted, 0, __ATOMIC_RELAXED);
        int64_t began = sys_now();
        if (begin_look()) {
            if (each_number("/proc", look_at_process, (unsigned long)sys_getpid()) == 0) {
                sweep(began);
            }
            int64_t took = sys_now() - began;
            pause = took * BUSY > LOOK_MS ? took * BUSY : LOOK_MS;
        }
    }
    return NULL;
}

/* --- For the app's calls ------------------------------------------------------------------------------------------------ */

static bool keep(int fd, unsigned long found) {
    bool start = false;
    bool kept = false;
    lock();
    for (size_t i = 0; i < INSTANCES && !kept; i++) {
        if (shared.all[i].mark == 0) {
            long own = sys_fcntl(fd, DUP_CLOSE_ON_EXEC, 0);
            if (own >= 0) {
                shared.all[i] = (struct instance){.fd = (int)own, .mark = found, .since = sys_now()};
                start = !shared.looking;
                shared.looking = true;
            }
            kept = own >= 0;
        }
    }
    unlock();
    if (start) {
        thread_start(look);
    }
    return kept;
}

/* There may be some that the app has closed. */
static bool keep_when_there_is_room(int fd, unsigned long found) {
    for (int waited = 0; waited < ROOM_MS; waited += STEP_MS) {
        if (keep(fd, found)) {
            return true;
        }
        __atomic_store_n(&shared.wanted, 1, __ATOMIC_RELAXED);
        (void)SYS3(futex, &shared.wanted, WAKE_PRIVATE, 1);
        sys_poll(NULL, 0, STEP_MS);
    }
    return false;
}

long instances_make(unsigned flags) {
    long fd = SYS1(inotify_init1, flags | O_CLOEXEC_);
    unsigned long found = fd < 0 ? 0 : mark((int)fd);
    if (fd >= 0 && (found == 0 || !keep_when_there_is_room((int)fd, found)) && !__atomic_exchange_n(&shared.told, true, __ATOMIC_RELAXED)) {
        say("an inotify instance cannot watch files of the target: ", found == 0 ? "it cannot be marked" : "there are too many of supervised programs",
                NULL);
    }
    return fd;
}

long instances_take(uint32_t thread, int number) {
    unsigned long found = number < 0 ? 0 : mark_of(thread, number);
    long result = -E_BADF;
    lock();
    for (size_t i = 0; i < INSTANCES; i++) {
        if (found != 0 && shared.all[i].mark == found) {
            result = sys_fcntl(shared.all[i].fd, DUP_CLOSE_ON_EXEC, 0);
        }
    }
    unlock();
    return result;
}
