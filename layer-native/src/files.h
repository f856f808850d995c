/* The target's files for a program that is about to be started. The theory is in files.c. */
#ifndef MIRRORD_FILES_H
#define MIRRORD_FILES_H

#include "sidecar.h"

/* What a FILES message brought. */
struct files {
    unsigned char *policy;
    size_t length;
    int root; /* -1: files are the container's own */
    int ends[2]; /* of a socket pair between the launcher and the app's process */
};

/* Takes it out of the connection's message. */
void files_take(struct files *files, struct sidecar *sidecar);

/* Before the fork. */
void files_prepare(struct files *files);

/* In the app's process: from here on its calls are supervised. */
void files_enter(struct files *files);

/* In the launcher: serves them. */
void files_serve(struct files *files, char **environment);

#endif
