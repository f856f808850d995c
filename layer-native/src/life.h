/* Living beside the user's program. The theory is in life.c. */
#ifndef MIRRORD_LIFE_H
#define MIRRORD_LIFE_H

#include "signals.h"
#include "watch.h"

/* The parent's life, until the program has ended: its exit code. */
int supervise(long pid, struct watch *watch, const struct signals *signals);

/* The watcher's life, until the program has ended. */
void keep_watch(long pid, struct watch *watch, const struct signals *signals);

#endif
