/* The app's environment. The theory is in environment.c. */
#ifndef MIRRORD_ENVIRONMENT_H
#define MIRRORD_ENVIRONMENT_H

#include "sys.h"

struct environment {
    char **entries; /* NULL at the end, as execve(2) wants it; NULL itself when it could not be made */
    const char *problem;
};

/* Applies the entries of a CONTEXT message, in their order, to the container's own environment. Both must stay in memory. */
struct environment environment_of(char **own, const unsigned char *context, size_t length);

#endif
