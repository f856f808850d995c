/*
 * The system calls that take a path, and what they mean.
 *
 * Theory of operation: a table, because a dozen of them exist in three forms (rename, renameat, renameat2). x and y are
 * where the operation's own arguments are, in the order of the manual page. Calls with a descriptor alone are not here: what
 * was opened in the target is a descriptor of the kernel like any other.
 */
#include "calls.h"

enum { AT_NOFOLLOW = 0x100, AT_REMOVE_DIRECTORY = 0x200 };
enum { O_CREATE_WRITE_TRUNCATE = 01101 };

#if defined(__x86_64__)
#define ONLY_X86(...) __VA_ARGS__
#define N(x86, arm) x86
#else
#define ONLY_X86(...)
#define N(x86, arm) arm
#endif

const struct call calls[] = {
    /* number, operation, path, other, x, y, flags, fixed */
    ONLY_X86({2, OPERATION_OPEN, 0, -1, 2, -1, 1, 0},) /* open */
    ONLY_X86({85, OPERATION_OPEN, 0, -1, 1, -1, -1, O_CREATE_WRITE_TRUNCATE},) /* creat */
    {N(257, 56), OPERATION_OPEN, 1, -1, 3, -1, 2, 0}, /* openat */
    {437, OPERATION_OPEN_HOW, 1, -1, 2, 3, -1, 0}, /* openat2 */
    ONLY_X86({4, OPERATION_STAT, 0, -1, 1, -1, -1, 0},) /* stat */
    ONLY_X86({6, OPERATION_STAT, 0, -1, 1, -1, -1, AT_NOFOLLOW},) /* lstat */
    {N(262, 79), OPERATION_STAT, 1, -1, 2, -1, 3, 0}, /* newfstatat */
    {N(332, 291), OPERATION_STATX, 1, -1, 4, 3, 2, 0}, /* statx */
    ONLY_X86({21, OPERATION_ACCESS, 0, -1, 1, -1, -1, 0},) /* access */
    {N(269, 48), OPERATION_ACCESS, 1, -1, 2, -1, -1, 0}, /* faccessat */
    {439, OPERATION_ACCESS, 1, -1, 2, -1, 3, 0}, /* faccessat2 */
    ONLY_X86({89, OPERATION_READLINK, 0, -1, 1, 2, -1, AT_NOFOLLOW},) /* readlink */
    {N(267, 78), OPERATION_READLINK, 1, -1, 2, 3, -1, AT_NOFOLLOW}, /* readlinkat */
    {N(137, 43), OPERATION_STATFS, 0, -1, 1, -1, -1, 0}, /* statfs */
    {N(191, 8), OPERATION_GET_ATTRIBUTE, 0, 1, 2, 3, -1, 0}, /* getxattr */
    {N(192, 9), OPERATION_GET_ATTRIBUTE, 0, 1, 2, 3, -1, AT_NOFOLLOW}, /* lgetxattr */
    {N(194, 11), OPERATION_LIST_ATTRIBUTES, 0, -1, 1, 2, -1, 0}, /* listxattr */
    {N(195, 12), OPERATION_LIST_ATTRIBUTES, 0, -1, 1, 2, -1, AT_NOFOLLOW}, /* llistxattr */
    {N(254, 27), OPERATION_WATCH, 1, -1, 0, 2, -1, 0}, /* inotify_add_watch */
    {N(76, 45), OPERATION_TRUNCATE, 0, -1, 1, -1, -1, 0}, /* truncate */
    ONLY_X86({83, OPERATION_MKDIR, 0, -1, 1, -1, -1, 0},) /* mkdir */
    {N(258, 34), OPERATION_MKDIR, 1, -1, 2, -1, -1, 0}, /* mkdirat */
    ONLY_X86({133, OPERATION_MKNOD, 0, -1, 1, 2, -1, 0},) /* mknod */
    {N(259, 33), OPERATION_MKNOD, 1, -1, 2, 3, -1, 0}, /* mknodat */
    ONLY_X86({84, OPERATION_UNLINK, 0, -1, -1, -1, -1, AT_REMOVE_DIRECTORY},) /* rmdir */
    ONLY_X86({87, OPERATION_UNLINK, 0, -1, -1, -1, -1, 0},) /* unlink */
    {N(263, 35), OPERATION_UNLINK, 1, -1, -1, -1, 2, 0}, /* unlinkat */
    ONLY_X86({82, OPERATION_RENAME, 0, 1, -1, -1, -1, 0},) /* rename */
    {N(264, 38), OPERATION_RENAME, 1, 3, -1, -1, -1, 0}, /* renameat */
    {N(316, 276), OPERATION_RENAME, 1, 3, -1, -1, 4, 0}, /* renameat2 */
    ONLY_X86({86, OPERATION_LINK, 0, 1, -1, -1, -1, 0},) /* link */
    {N(265, 37), OPERATION_LINK, 1, 3, -1, -1, 4, 0}, /* linkat */
    ONLY_X86({88, OPERATION_SYMLINK, 1, 0, -1, -1, -1, 0},) /* symlink */
    {N(266, 36), OPERATION_SYMLINK, 2, 0, -1, -1, -1, 0}, /* symlinkat */
    ONLY_X86({90, OPERATION_CHMOD, 0, -1, 1, -1, -1, 0},) /* chmod */
    {N(268, 53), OPERATION_CHMOD, 1, -1, 2, -1, -1, 0}, /* fchmodat */
    {452, OPERATION_CHMOD, 1, -1, 2, -1, 3, 0}, /* fchmodat2 */
    ONLY_X86({92, OPERATION_CHOWN, 0, -1, 1, 2, -1, 0},) /* chown */
    ONLY_X86({94, OPERATION_CHOWN, 0, -1, 1, 2, -1, AT_NOFOLLOW},) /* lchown */
    {N(260, 54), OPERATION_CHOWN, 1, -1, 2, 3, 4, 0}, /* fchownat */
    {N(280, 88), OPERATION_TIMES, 1, -1, 2, -1, 3, 0}, /* utimensat */
    ONLY_X86({235, OPERATION_TIMEVALS, 0, -1, 1, -1, -1, 0},) /* utimes */
    ONLY_X86({261, OPERATION_TIMEVALS, 1, -1, 2, -1, -1, 0},) /* futimesat */
    ONLY_X86({132, OPERATION_UTIME, 0, -1, 1, -1, -1, 0},) /* utime */
    {N(188, 5), OPERATION_SET_ATTRIBUTE, 0, 1, 2, 3, 4, 0}, /* setxattr */
    {N(189, 6), OPERATION_SET_ATTRIBUTE, 0, 1, 2, 3, 4, AT_NOFOLLOW}, /* lsetxattr */
    {N(197, 14), OPERATION_REMOVE_ATTRIBUTE, 0, 1, -1, -1, -1, 0}, /* removexattr */
    {N(198, 15), OPERATION_REMOVE_ATTRIBUTE, 0, 1, -1, -1, -1, AT_NOFOLLOW}, /* lremovexattr */
};
const size_t call_count = sizeof calls / sizeof *calls;

const struct call *call_of(int number) {
    for (size_t i = 0; i < call_count; i++) {
        if (calls[i].number == number) {
            return &calls[i];
        }
    }
    return NULL;
}
