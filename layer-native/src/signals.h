/*
 * Signals as something to read.
 *
 * Theory of operation: all signals are blocked for the whole life of the program and read from a signalfd, so there is no
 * handler and nothing is ever interrupted. A blocked signal is queued even when its default is "ignore" and even in PID 1,
 * which otherwise loses every signal that has no handler (kernel: sig_ignored() looks at the mask first). Faults of the
 * program itself are delivered by force and still kill it. A child gets back exactly the mask and the disposition of
 * SIGCHLD that the program was started with; no other disposition is ever changed.
 */
#ifndef MIRRORD_SIGNALS_H
#define MIRRORD_SIGNALS_H

#include "sys.h"

struct signals {
    int fd;
    signal_set inherited_mask;
    struct signal_action inherited_child_action;
};

/* Zero or a negative errno. */
static inline long signals_open(struct signals *signals) {
    const signal_set all = ~(signal_set)0;
    /* An inherited "ignore" for SIGCHLD would make the kernel throw exit codes away. */
    const struct signal_action plain = {0, 0, 0, 0};
    sys_signal_mask(&all, &signals->inherited_mask);
    sys_signal_action(SIGNAL_CHLD, &plain, &signals->inherited_child_action);
    long fd = sys_signalfd(&all);
    signals->fd = (int)fd;
    return fd < 0 ? fd : 0;
}

/* For a process that is about to execute another program. */
static inline void signals_restore(const struct signals *signals) {
    const uintptr_t ignore = 1;
    if (signals->inherited_child_action.handler == ignore) {
        struct signal_action action = {ignore, 0, 0, 0};
        sys_signal_action(SIGNAL_CHLD, &action, NULL);
    }
    sys_signal_mask(&signals->inherited_mask, NULL);
}

/* The next signal, false when there is none. A SIGPIPE of our own writing is nobody else's business. */
static inline bool signals_next(const struct signals *signals, struct signal_info *info) {
    while (sys_read(signals->fd, info, sizeof *info) == (long)sizeof *info) {
        if (info->signal != SIGNAL_PIPE || info->sender != (uint32_t)sys_getpid()) {
            return true;
        }
    }
    return false;
}

static inline bool signals_ignored(int signal) {
    struct signal_action action = {0, 0, 0, 0};
    return sys_signal_action(signal, NULL, &action) == 0 && action.handler == 1;
}

/* The exit code that a shell would show for a wait status. */
static inline int exit_code_of(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
}

/* The signal that stopped a child, 0 when it did not stop. */
static inline int stop_signal_of(int status) { return (status & 0xff) == 0x7f ? (status >> 8) & 0xff : 0; }

#endif
