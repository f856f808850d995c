/* The launcher's connection with the sidecar. The theory is in sidecar.c. */
#ifndef MIRRORD_SIDECAR_H
#define MIRRORD_SIDECAR_H

#include "sys.h"

enum role { ROLE_MAIN = 1, ROLE_RUN = 2, ROLE_REJOIN = 3 };
enum message_type { MESSAGE_CONTEXT = 1, MESSAGE_ABORT = 2, MESSAGE_END = 3, MESSAGE_FILES = 4, MESSAGE_VOLUMES = 5 };

struct message {
    enum message_type type;
    unsigned char *payload;
    size_t length;
};

struct sidecar {
    int fd; /* -1 when not connected */
    int descriptors[2]; /* what came with the message, in its order, -1 where nothing did; whoever uses one puts -1 there */
    unsigned char head[5];
    size_t head_read;
    size_t payload_read;
    struct message message;
};

extern const char sidecar_path[];

/* Connects and says who we are. Zero or a negative errno; sidecar_may_come() tells whether trying again makes sense. */
long sidecar_connect(struct sidecar *sidecar, enum role role, const char *program);
bool sidecar_may_come(long error);

enum received { RECEIVED_NOTHING, RECEIVED_MESSAGE, RECEIVED_END_OF_FILE, RECEIVED_GARBAGE };

/* Takes what has arrived, never waits. The message is valid until sidecar_forget(), which must come before the next call. */
enum received sidecar_receive(struct sidecar *sidecar);
void sidecar_forget(struct sidecar *sidecar);
void sidecar_close(struct sidecar *sidecar);

#endif
