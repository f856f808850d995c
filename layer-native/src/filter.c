/*
 * Which of the app's system calls stop for the supervisor.
 *
 * Theory of operation: a program of seccomp(2), in the process that is about to execute the app and inherited by all of its
 * descendants. Calls with a path (calls.c), inotify instances and connect(2) stop where the policy makes use of them; calls on a descriptor and
 * those that the library has decided, which carry a marker, pass.
 *
 * WAIT_KILLABLE_RECV (Linux 5.19) keeps a signal from restarting a call that has been taken; without it a call may be done
 * twice. Without SYS_ADMIN the filter needs no_new_privs.
 */
#include "filter.h"

#include "calls.h"
#include "notify.h"

enum { SET_MODE_FILTER = 1, NEW_LISTENER = 8, WAIT_KILLABLE = 32, PR_SET_NO_NEW_PRIVS_ = 38 };
enum { RET_ALLOW = 0x7fff0000, RET_NOTIFY = 0x7fc00000 };
enum { AT_EMPTY_PATH_ = 0x1000, X32 = 0x40000000 };
#if defined(__x86_64__)
enum { ARCHITECTURE = 0xc000003e };
#else
enum { ARCHITECTURE = 0xc00000b7 };
#endif
enum { LOAD = 0x20, JUMP_EQUAL = 0x15, JUMP_SET = 0x45, JUMP_AT_LEAST = 0x35, RETURN = 0x06 };
enum { OFFSET_NUMBER = 0, OFFSET_ARCHITECTURE = 4, OFFSET_ARGUMENTS = 16, FILTER_LIMIT = 128 };

struct filter_line {
    uint16_t code;
    uint8_t yes;
    uint8_t no;
    uint32_t value;
};

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

long filter_install(uint64_t marker, const struct policy *policy) {
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
