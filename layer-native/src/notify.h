/* System calls that seccomp(2) stops until the filter's listener has answered: the kernel's interface. */
#ifndef MIRRORD_NOTIFY_H
#define MIRRORD_NOTIFY_H

#include "sys.h"

#define NOTIFY_RECEIVE 0xC0502100L
#define NOTIFY_SEND 0xC0182101L
#define NOTIFY_VALID 0x40082102L
#define NOTIFY_ADDFD 0x40182103L
#define NOTIFY_FLAGS 0x40082104L

#if defined(__x86_64__)
enum { NR_inotify_init = 253 };
#else
enum { NR_inotify_init = NR_inotify_init1 };
#endif

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

/* Answers with a result, or a negative errno. */
static inline void notify_answer(int listener, uint64_t id, long result, unsigned flags) {
    struct answer answer = {id, result < 0 ? 0 : result, result < 0 ? (int32_t)result : 0, flags};
    /* ENOENT: the caller has been killed. */
    (void)sys_ioctl(listener, NOTIFY_SEND, &answer);
}

#endif
