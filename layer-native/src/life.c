/*
 * Living beside the user's program: as its parent, or as the watcher of a program that is PID 1 itself.
 *
 * Theory of operation: one poll loop over signals, the sidecar's socket and the next time limit. The parent passes on every
 * signal except SIGCHLD and reaps whatever dies; the watcher does neither, it only sees that the program is still there.
 * Parent and watcher see the sidecar's socket. When it says END (or stays away) the program gets SIGTERM and ten
 * seconds later everything gets SIGKILL: the whole process namespace if PROGRAM's tree owns it (we are PID 1), else the
 * program's process group, because kill(-1) in a namespace shared with others would reach them.
 */
#include "life.h"

#include "text.h"

#ifndef GRACE_MS
#define GRACE_MS 10000
#endif

enum { AFTER_KILL_MS = 1000, NO_PIDFD_MS = 1000 };

/* The ending of a program: SIGTERM, time, SIGKILL. */
struct ending {
    bool begun;
    bool owns_namespace; /* the program's tree is all that kill(-1) can reach */
    long pid;
    long group; /* the program's process group, zero when it has none of its own */
    int64_t kill_at;
    int64_t over_at;
};

static void pass_signal(long pid, int signal) {
    long error = sys_kill(pid, signal);
    if (error < 0 && error != -E_SRCH) {
        struct signal_name name = text_signal(signal);
        struct error_text text = text_error(error);
        say("cannot pass ", name.text, " to the app: ", text.text, " (it runs as another user)", NULL);
    }
}

static void ending_begin(struct ending *ending, int64_t now) {
    ending->begun = true;
    ending->kill_at = now + GRACE_MS;
    ending->over_at = ending->kill_at + AFTER_KILL_MS;
    pass_signal(ending->pid, SIGNAL_TERM);
    sys_kill(ending->pid, SIGNAL_CONT); /* a stopped program would not see it */
}

static int64_t ending_time(const struct ending *ending, int64_t now) {
    int64_t at = now >= ending->kill_at ? ending->over_at : ending->kill_at;
    return !ending->begun ? -1 : at > now ? at - now : 0;
}

static void ending_kill(const struct ending *ending, int64_t now) {
    if (!ending->begun || now < ending->kill_at) {
        return;
    }
    if (ending->owns_namespace) {
        sys_kill(-1, SIGNAL_KILL);
    } else if (ending->group > 0) {
        sys_kill(-ending->group, SIGNAL_KILL);
    }
    sys_kill(ending->pid, SIGNAL_KILL);
}

static int64_t sooner(int64_t a, int64_t b) { return a < 0 ? b : b < 0 ? a : a < b ? a : b; }

/* Reaps what has died. True when the program itself has: the code is its exit code. */
static bool reap(long program, int *code) {
    int status = 0;
    long pid;
    bool ended = false;
    while ((pid = sys_wait(-1, &status, WAIT_NOHANG | WAIT_UNTRACED)) > 0) {
        int stopped = stop_signal_of(status);
        if (stopped == 0 && pid == program) {
            *code = exit_code_of(status);
            ended = true;
        } else if (stopped == SIGNAL_TSTP && pid == program) {
            /* Ctrl-Z: no shell is there to continue it. A PID 1 would not have stopped at all. */
            sys_kill(-program, SIGNAL_CONT);
        }
    }
    return ended;
}

int supervise(long pid, struct watch *watch, const struct signals *signals) {
    struct ending ending = {.owns_namespace = sys_getpid() == 1, .pid = pid, .group = pid};
    for (;;) {
        int64_t now = sys_now();
        struct poll_entry entries[] = {{signals->fd, POLL_IN, 0}, {watch->sidecar.fd, POLL_IN, 0}};
        sys_poll(entries, 2, sooner(watch_time(watch, now), ending_time(&ending, now)));
        int code = 0;
        struct signal_info info;
        while (signals_next(signals, &info)) {
            if (info.signal != SIGNAL_CHLD) {
                pass_signal(pid, (int)info.signal);
            }
        }
        if (reap(pid, &code)) {
            return code;
        }
        now = sys_now();
        if (!watch_goes_on(watch, now) && !ending.begun) {
            ending_begin(&ending, now);
        }
        ending_kill(&ending, now);
        if (ending.begun && now >= ending.over_at) {
            return 128 + SIGNAL_KILL; /* it may not be killed by us; with PID 1 the kernel ends it */
        }
    }
}

/* Whether the program is gone. As PID 1 it cannot be: the kernel would have ended us too. */
static bool program_is_gone(long pid, const struct poll_entry *pidfd) {
    return pid != 1 && ((pidfd->seen & POLL_IN) != 0 || sys_kill(pid, 0) == -E_SRCH);
}

/* Who asks the watcher to go: PID 1, when it shuts the container down. Anybody else is not obeyed. */
static bool dismissed(const struct signals *signals) {
    struct signal_info info;
    bool result = false;
    while (signals_next(signals, &info)) {
        result = result || (info.signal == SIGNAL_TERM && info.sender == 1);
    }
    return result;
}

void keep_watch(long pid, struct watch *watch, const struct signals *signals) {
    struct ending ending = {.owns_namespace = pid == 1, .pid = pid};
    long pidfd = sys_pidfd_open(pid);
    bool told = false;
    for (;;) {
        int64_t now = sys_now();
        struct poll_entry entries[] = {
            {signals->fd, POLL_IN, 0}, {watch->sidecar.fd, POLL_IN, 0}, {pidfd < 0 ? -1 : (int)pidfd, POLL_IN, 0}};
        int64_t limit = sooner(watch_time(watch, now), told ? -1 : ending_time(&ending, now));
        sys_poll(entries, 3, pidfd < 0 && pid != 1 ? sooner(limit, NO_PIDFD_MS) : limit);
        if (program_is_gone(pid, &entries[2]) || dismissed(signals)) {
            return;
        }
        now = sys_now();
        if (!watch_goes_on(watch, now) && !ending.begun) {
            ending_begin(&ending, now);
        }
        ending_kill(&ending, now);
        if (ending.begun && now >= ending.over_at && !told) {
            /* The kernel lets nobody inside a namespace kill its PID 1. */
            say("the app did not end, and as PID 1 it cannot be killed from inside: stop its container", NULL);
            told = true;
        }
    }
}
