/* The target's volumes as mounts of this container. The theory is in volumes.c. */
#ifndef MIRRORD_VOLUMES_H
#define MIRRORD_VOLUMES_H

#include "sys.h"

/* How long an answer may take. */
enum { VOLUMES_MS = 40000 };

/* Has them mounted by the sidecar: a descriptor that can be read when it has done so, -1 when nobody does, which has been said. */
int volumes_ask(void);

/* Takes the answer and closes the descriptor; false when they are not mounted, which has been said. */
bool volumes_answered(int fd);

/* Has them mounted again by the sidecar's new process, while this process goes on. */
void volumes_mount_again(void);

#endif
