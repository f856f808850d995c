/* The target's files for a program that is about to be started. The theory is in files.c. */
#ifndef MIRRORD_FILES_H
#define MIRRORD_FILES_H

#include "handout.h"
#include "program.h"
#include "sidecar.h"

/* feature.fs.engine, as the sidecar says it. */
enum engine { ENGINE_AUTO = 0, ENGINE_PRELOAD = 1, ENGINE_SUPERVISE = 2 };

/* What a FILES message brought. */
struct files {
    enum engine engine;
    bool supervised; /* the app's calls are to be taken by the supervisor */
    bool preloaded;  /* the app's processes have the library */
    uint64_t marker;
    char name[HANDOUT_NAME];
    unsigned char *message;
    const unsigned char *policy;
    size_t length;
    bool asked; /* something of the target's is wanted */
    int root;       /* -1: files are the container's own */
    int changeable; /* the same tree where it may be changed */
    int ends[2]; /* of a socket pair between the launcher and the app's process */
};

/* Takes it out of the connection's message. */
void files_take(struct files *files, struct sidecar *sidecar);

/* Before the fork: decides who serves the app's calls; a program that is PID 1 itself is not supervised. Gives the environment
 * with what the library needs. */
char **files_prepare(struct files *files, bool pid1_app, char **environment);

/* Before the fork: the program that is to be executed, where it is the target's; false when it is the image's, or is nowhere. */
bool files_program(struct files *files, struct program *program, char *const *arguments, char *const *environment);

/* In the app's process: from here on its calls are supervised. */
void files_enter(struct files *files);

/* In the launcher: serves them. */
void files_serve(struct files *files);

/* In the launcher, after the sidecar's process has been started again: its trees, the second -1 where there is one only. */
void files_replace(int root, int changeable);

#endif
