/* connect(2) to a unix socket of the target, done for another process. The theory is in connecting.c. */
#ifndef MIRRORD_CONNECTING_H
#define MIRRORD_CONNECTING_H

#include "notify.h"
#include "policy.h"

/* Who asks, and what may be had. */
struct connecting {
    int listener;
    const struct policy *policy;
    struct expression_room *room;
};

/* Answers the call; true when that was not for us to do. Memory is the caller's, text has room for PATH_LIMIT bytes. */
bool connecting_serve(const struct connecting *for_whom, const struct notification *notification, int memory, char *text);

#endif
