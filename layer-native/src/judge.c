/*
 * Which side does a call of the app.
 *
 * Theory of operation: the policy decides about a path, the call says whether it changes something; both together give the
 * side. The supervisor judges calls of other processes so, the library those of its own.
 *
 * The trees of the target are of FUSE and mounted nowhere in the app's container. What the app has of that kind itself is taken
 * for one, which means no more than that relative paths below it are local.
 */
#include "judge.h"

#include "text.h"

enum { O_WRITES = 3 | 01000 | 0100 | 020000000, O_PATH_ = 010000000, ACCESS_WRITES = 2 };

bool call_changes(const struct call *call, const uint64_t *arguments, unsigned flags) {
    switch ((enum operation)call->operation) {
        case OPERATION_OPEN:
        case OPERATION_OPEN_HOW:
            return (flags & O_PATH_) == 0 && (flags & O_WRITES) != 0;
        case OPERATION_ACCESS:
            return (arguments[(int)call->x] & ACCESS_WRITES) != 0;
        default:
            return call->operation > OPERATION_CHANGES;
    }
}

bool call_has_two_paths(const struct call *call) {
    return call->operation == OPERATION_RENAME || call->operation == OPERATION_LINK;
}

static enum place place_of(enum decision decision, bool changing) {
    switch (decision) {
        case DECIDE_LOCAL:
            return PLACE_LOCAL;
        case DECIDE_NOT_FOUND:
            return PLACE_ABSENT;
        case DECIDE_READ_ONLY:
            return changing ? PLACE_REFUSED : PLACE_TARGET;
        case DECIDE_READ_WRITE:
            return PLACE_TARGET;
        case DECIDE_READ:
            return changing ? PLACE_LOCAL : PLACE_TARGET_OR_LOCAL;
        case DECIDE_WRITE:
            return changing ? PLACE_TARGET : PLACE_TARGET_OR_LOCAL;
    }
    return PLACE_LOCAL;
}

static enum place judge_path(const struct policy *policy, struct policy_room *room, const char *path, bool changing,
        const char **served, bool *changeable, bool by_rule) {
    struct verdict verdict = policy_decide(policy, room, path);
    *served = verdict.path;
    *changeable = verdict.decision == DECIDE_READ_WRITE || verdict.decision == DECIDE_WRITE;
    return by_rule && !verdict.ruled ? PLACE_LOCAL : place_of(verdict.decision, changing);
}

enum place judge(const struct policy *policy, struct policy_room *room, const char *path, bool changing, const char **served,
        bool *changeable) {
    *changeable = false;
    return path[0] == '/' ? judge_path(policy, room, path, changing, served, changeable, false) : PLACE_LOCAL;
}

enum place judge_relative(const struct policy *policy, struct policy_room *room, const char *path, bool changing, const char **served,
        bool *changeable) {
    return judge_path(policy, room, path, changing, served, changeable, true);
}

int judge_directory_of(const struct call *call, int at) {
    bool has_none = at == 0 || call->operation == OPERATION_WATCH || (call_has_two_paths(call) && call->path == 0)
            || (call->operation == OPERATION_SYMLINK && at == 1);
    return has_none ? -1 : at - 1;
}

bool judge_absolute(const char *link, const char *path, char *to) {
    enum { FUSE = 0x65735546, STATFS_LENGTH = 120 };
    uint64_t about[STATFS_LENGTH / 8];
    long length = SYS4(readlinkat, AT_FDCWD_, link, to, PATH_LIMIT);
    size_t more = strlen(path);
    if (length <= 0 || to[0] != '/' || (size_t)length + more + 2 > PATH_LIMIT || SYS2(statfs, link, about) < 0 || about[0] == FUSE) {
        return false;
    }
    to[length] = '/';
    memcpy(to + length + 1, path, more + 1);
    return true;
}

enum place judge_both(enum place one, enum place two) {
    if (one == PLACE_REFUSED || one == PLACE_ABSENT) {
        return one;
    }
    return one == two || two == PLACE_REFUSED || two == PLACE_ABSENT ? two : PLACE_APART;
}
