/* The system calls that take a path, and what they mean. The theory is in calls.c. */
#ifndef MIRRORD_CALLS_H
#define MIRRORD_CALLS_H

#include "sys.h"

enum operation {
    OPERATION_OPEN,
    OPERATION_OPEN_HOW, /* openat2 */
    OPERATION_STAT,
    OPERATION_STATX,
    OPERATION_ACCESS,
    OPERATION_READLINK,
    OPERATION_STATFS,
    OPERATION_GET_ATTRIBUTE,
    OPERATION_LIST_ATTRIBUTES,
    OPERATION_WATCH, /* inotify */
    OPERATION_CHANGES, /* those below change something */
    OPERATION_TRUNCATE,
    OPERATION_MKDIR,
    OPERATION_MKNOD,
    OPERATION_UNLINK,
    OPERATION_RENAME,
    OPERATION_LINK,
    OPERATION_SYMLINK,
    OPERATION_CHMOD,
    OPERATION_CHOWN,
    OPERATION_TIMES, /* two timespecs */
    OPERATION_TIMEVALS,
    OPERATION_UTIME,
    OPERATION_SET_ATTRIBUTE,
    OPERATION_REMOVE_ATTRIBUTE
};

/* Positions among the call's arguments; -1 where it has none. */
struct call {
    short number;
    unsigned char operation;
    signed char path;
    signed char other; /* a second path, or the text of a symbolic link */
    signed char x;
    signed char y;
    signed char flags;
    unsigned fixed; /* flags of a call that has no argument for them */
};

extern const struct call calls[];
extern const size_t call_count;

/* NULL for a call that is not among them. */
const struct call *call_of(int number);

#endif
