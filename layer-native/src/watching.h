/* Watches on files of the target, inotify(7). The theory is in watching.c. */
#ifndef MIRRORD_WATCHING_H
#define MIRRORD_WATCHING_H

#include "sys.h"

/* Zero when descriptor and mask are good, or what inotify_add_watch(2) says to them. */
long watching_check(int inotify, unsigned mask);

/* Asks the sidecar behind the directory: the watch on this inotify instance, or a negative errno. */
long watching_ask(const char *directory, int inotify, const char *path, unsigned mask);

#endif
