/* Which side does a call of the app. The theory is in judge.c. */
#ifndef MIRRORD_JUDGE_H
#define MIRRORD_JUDGE_H

#include "calls.h"
#include "policy.h"

enum place {
    PLACE_LOCAL,
    PLACE_TARGET,
    PLACE_REFUSED, /* EROFS */
    PLACE_ABSENT,  /* ENOENT */
    PLACE_TARGET_OR_LOCAL,
    PLACE_APART    /* EXDEV: of two paths each is on another side */
};

/* Whether the call wants to change something; the flags are open(2)'s. */
bool call_changes(const struct call *call, const uint64_t *arguments, unsigned flags);
bool call_has_two_paths(const struct call *call);

/* A relative path is local. The path to serve may be in the room; changeable says whether it may be changed in the target: what is
 * found below an open directory, without us, has to be the same. */
enum place judge(const struct policy *policy, struct policy_room *room, const char *path, bool changing, const char **served,
        bool *changeable);

/* Both names of rename and link: they have to be on one side, as they would have to be in one file system. */
enum place judge_both(enum place one, enum place two);

#endif
