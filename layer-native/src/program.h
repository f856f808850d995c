/* Programs of the target. The theory is in program.c. */
#ifndef MIRRORD_PROGRAM_H
#define MIRRORD_PROGRAM_H

#include "policy.h"

enum { PROGRAM_LEVELS = 4, PROGRAM_LINE = 256, PROGRAM_SPARE = 2 * PROGRAM_LEVELS + 2 };

/* What is to be executed instead of a path. */
struct program {
    int fd;                 /* of a program of the target's, or -1: the path */
    const char *path;       /* what was asked for, or a script's interpreter */
    char *const *arguments; /* as they were, or a script's */
    char lines[PROGRAM_LEVELS][PROGRAM_LINE];
};

/* The descriptor of the target's tree, or a negative errno. */
typedef long program_tree(void);

/* Whether a path may be the target's: otherwise there is nothing to resolve. */
bool program_may_be_remote(const struct policy *policy, struct policy_room *room, const char *path);

/* Zero or a negative errno. The spare array has PROGRAM_SPARE more places than there are arguments. */
long program_resolve(struct program *program, const struct policy *policy, struct policy_room *room, program_tree *tree, const char *path,
        char *const *arguments, char **spare);

/* Returns only on failure, a negative errno; the descriptor is closed then. */
long program_execute(const struct program *program, char *const *environment);

size_t program_count(char *const *arguments);

#endif
