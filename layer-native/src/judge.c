/*
 * Which side does a call of the app.
 *
 * Theory of operation: the policy decides about a path, the call says whether it changes something; both together give the
 * side. The supervisor judges calls of other processes so, the library those of its own.
 */
#include "judge.h"

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

enum place judge(const struct policy *policy, struct policy_room *room, const char *path, bool changing, const char **served,
        bool *changeable) {
    *changeable = false;
    if (path[0] != '/') {
        return PLACE_LOCAL;
    }
    struct verdict verdict = policy_decide(policy, room, path);
    *served = verdict.path;
    *changeable = verdict.decision == DECIDE_READ_WRITE || verdict.decision == DECIDE_WRITE;
    return place_of(verdict.decision, changing);
}

enum place judge_both(enum place one, enum place two) {
    if (one == PLACE_REFUSED || one == PLACE_ABSENT) {
        return one;
    }
    return one == two || two == PLACE_REFUSED || two == PLACE_ABSENT ? two : PLACE_APART;
}
