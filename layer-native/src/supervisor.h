/* Serves the app's system calls that take a path. The theory is in supervisor.c. */
#ifndef MIRRORD_SUPERVISOR_H
#define MIRRORD_SUPERVISOR_H

#include "policy.h"

#ifndef SUPERVISOR_THREADS
#define SUPERVISOR_THREADS 8
#endif

/* In the launcher: serves the listener of filter_install from now on, in threads. The policy stays in use. Zero or a negative errno. */
long supervisor_start(int listener, const struct policy *policy, int root, int changeable);

/* Another tree of the target takes the old one's place. */
void supervisor_replace(int root, int changeable);

/* Says why a change failed with EROFS, the first time. */
void supervisor_say_read_only(const char *path);

#endif
