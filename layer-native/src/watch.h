/* A session that is on: the program runs, and the sidecar says when to end it. The theory is in watch.c. */
#ifndef MIRRORD_WATCH_H
#define MIRRORD_WATCH_H

#include "sidecar.h"

enum attachment { ATTACHED, REJOINING, GREETED, DETACHED };

struct watch {
    struct sidecar sidecar;
    const char *program;
    enum attachment state;
    int64_t give_up_at;
    int64_t try_at;
};

/* Takes over the connection on which CONTEXT came. */
void watch_begin(struct watch *watch, const struct sidecar *sidecar, const char *program);

/* The time until watch_goes_on() has something to do without the socket; negative when there is none. */
int64_t watch_time(const struct watch *watch, int64_t now);

/* False once, when the session has ended; the user has been told why. */
bool watch_goes_on(struct watch *watch, int64_t now);

#endif
