/* inotify instances of supervised processes. The theory is in instances.c. */
#ifndef MIRRORD_INSTANCES_H
#define MIRRORD_INSTANCES_H

#include "sys.h"

/* A new instance for a process of the app; its descriptor, which is the caller's, or a negative errno as of inotify_init1(2). */
long instances_make(unsigned flags);

/* A descriptor, which is the caller's, of the instance that a thread of the app has under a number; or a negative errno. */
long instances_take(uint32_t thread, int number);

#endif
