/* What is done in the target's tree for the app. The theory is in tree.c. */
#ifndef MIRRORD_TREE_H
#define MIRRORD_TREE_H

#include "calls.h"

/* Texts of one call at a time: stacks of the app's threads and signal handlers are small. */
struct tree_room {
    char text[2][4096];
};

/* One call of the app, its arguments read once. */
struct request {
    const struct call *call;
    const uint64_t *arguments;
    const char *path;  /* as the policy gave it */
    const char *other; /* the same, or a text of its own; NULL when there is none */
    unsigned flags;
    unsigned mode; /* for what is created, the app's umask applied */
    int root;
    bool changeable; /* the policy lets the path be changed */
    int memory; /* of the app; -1: it is this process */
    struct tree_room *room;
};

struct outcome {
    long value; /* or a negative errno */
    int fd;     /* -1, or a descriptor for the app */
};

/* Does it. What is opened for this process itself is closed by execve only if the app asked for that. */
struct outcome tree_do(const struct request *request);

#endif
