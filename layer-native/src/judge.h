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

/* The path to serve may be in the room; changeable says whether it may be changed in the target: what is
 * found below an open directory, without us, has to be the same. A relative path is local. */
enum place judge(const struct policy *policy, struct policy_room *room, const char *path, bool changing, const char **served,
        bool *changeable);

/* The same for a path that was made absolute: one that is given relative to a directory of the image means the image, unless a rule
 * says otherwise. */
enum place judge_relative(const struct policy *policy, struct policy_room *room, const char *path, bool changing, const char **served,
        bool *changeable);

/* Where the descriptor is, among the arguments, that the path at a position starts from; -1: it starts from the working directory. */
int judge_directory_of(const struct call *call, int at);

/* Makes a path absolute by a link of proc(5) to its directory, in room for PATH_LIMIT bytes. False when it cannot be, or need not be because
 * the directory is in a tree of the target: there the kernel finds the file. */
bool judge_absolute(const char *link, const char *path, char *to);

/* Both names of rename and link: they have to be on one side, as they would have to be in one file system. */
enum place judge_both(enum place one, enum place two);

#endif
