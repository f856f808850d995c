/* What is known of a program before it is started. The theory is in entry.c. */
#ifndef MIRRORD_ENTRY_H
#define MIRRORD_ENTRY_H

#include "files.h"

/* Says, a line each, which programs of the command line will not have the target's files, or will lose their rights. */
void entry_say(const struct files *files, char *const *arguments, char *const *environment);

/* The next path at which execvp(3) would look for a program, from the position given, which begins with 0. False after the last. */
bool entry_next(const char *name, char *const *environment, size_t *from, char *path, size_t size);

/* Finds an executable file as execvp(3) would; false when there is none. */
bool entry_find(const char *name, char *const *environment, char *path, size_t size);

#endif
