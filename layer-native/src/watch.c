/*
 * The session's connection after the program has been started.
 *
 * Theory of operation: nothing comes on it until the session ends, but the target's files again when it was lost, so it is only
 * watched; the states are
 *
 *            CONTEXT came                 END, ABORT, garbage
 *   waiting ─────────────► ATTACHED ─────────────────────────────► DETACHED
 *                            │  ▲                                     ▲
 *                end of file │  │ CONTEXT                             │ 20 s over, ABORT, END
 *                            ▼  │                                     │
 *                        REJOINING ◄──────► GREETED ──────────────────┘
 *                              connected / end of file
 *
 * The sidecar's JVM may die and be started again behind the same path; the app does not notice. The 20 s count from the
 * first end of file and include the answer to our greeting.
 */
#include "watch.h"

#include "files.h"
#include "text.h"
#include "volumes.h"

#ifndef REJOIN_MS
#define REJOIN_MS 20000
#endif

enum { RETRY_MS = 200 };

void watch_begin(struct watch *watch, const struct sidecar *sidecar, const char *program) {
    *watch = (struct watch){.sidecar = *sidecar, .program = program, .state = sidecar->fd < 0 ? DETACHED : ATTACHED};
}

int64_t watch_time(const struct watch *watch, int64_t now) {
    int64_t at = watch->state == REJOINING ? watch->try_at : watch->state == GREETED ? watch->give_up_at : -1;
    return at < 0 ? -1 : at > now ? at - now : 0;
}

static bool detach(struct watch *watch) {
    sidecar_close(&watch->sidecar);
    watch->state = DETACHED;
    return false;
}

static bool gone(struct watch *watch) {
    say("the session is gone (sidecar does not answer)", NULL);
    return detach(watch);
}

/* The connection ended without END. */
static void lose(struct watch *watch, int64_t now) {
    sidecar_close(&watch->sidecar);
    if (watch->state == ATTACHED) {
        watch->give_up_at = now + REJOIN_MS;
    }
    watch->state = REJOINING;
    watch->try_at = now + RETRY_MS;
}

/* False when the message ends the session. */
static bool obey(struct watch *watch) {
    struct message *message = &watch->sidecar.message;
    bool has_code = message->type == MESSAGE_ABORT;
    if (message->type == MESSAGE_FILES) {
        int *trees = watch->sidecar.descriptors;
        if (trees[0] >= 0) {
            files_replace(trees[0], trees[1]);
            trees[0] = trees[1] = -1;
        }
        sidecar_forget(&watch->sidecar);
        return true;
    }
    if (message->type == MESSAGE_VOLUMES) {
        sidecar_forget(&watch->sidecar);
        volumes_mount_again();
        return true;
    }
    if (message->type == MESSAGE_CONTEXT) {
        sidecar_forget(&watch->sidecar);
        watch->state = ATTACHED;
        return true;
    }
    say_text((char *)message->payload + has_code, message->length - has_code);
    return detach(watch);
}

static bool listen_to(struct watch *watch, int64_t now) {
    while (watch->sidecar.fd >= 0) {
        switch (sidecar_receive(&watch->sidecar)) {
            case RECEIVED_NOTHING:
                return true;
            case RECEIVED_MESSAGE:
                if (!obey(watch)) {
                    return false;
                }
                break;
            case RECEIVED_END_OF_FILE:
                lose(watch, now);
                break;
            case RECEIVED_GARBAGE:
                return detach(watch);
        }
    }
    return true;
}

bool watch_goes_on(struct watch *watch, int64_t now) {
    if (watch->state == DETACHED) {
        return true;
    }
    if (watch->state == REJOINING && now >= watch->try_at) {
        if (sidecar_connect(&watch->sidecar, ROLE_REJOIN, watch->program) == 0) {
            watch->state = GREETED;
        } else {
            watch->try_at = now + RETRY_MS;
        }
    }
    if (!listen_to(watch, now)) {
        return false;
    }
    bool rejoining = watch->state == REJOINING || watch->state == GREETED;
    return rejoining && now >= watch->give_up_at ? gone(watch) : true;
}
