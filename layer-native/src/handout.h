/* What the library in the app's processes is given. The theory is in handout.c. */
#ifndef MIRRORD_HANDOUT_H
#define MIRRORD_HANDOUT_H

#include "policy.h"
#include "text.h"

/* Where the app's processes find the name of the launcher's socket. */
#define HANDOUT_VARIABLE "MIRRORD_FILES"

enum { HANDOUT_NAME = 32 };

/* The requests, one byte each; what follows HANDOUT_READ_ONLY is the path. */
enum handout_request { HANDOUT_RULES = 'P', HANDOUT_TREE = 'T', HANDOUT_CHANGEABLE = 'W', HANDOUT_READ_ONLY = 'R' };

/* The rules as they lie in the memory that is handed out; the texts are behind this head, each with a NUL at its end. */
struct handout_head {
    uint32_t version;
    uint32_t size; /* of all */
    uint64_t marker;
    uint32_t policy;
    uint32_t policy_length;
    uint32_t working_directory;
    uint32_t home;
    uint32_t mounts; /* one after the other; an empty one is the end */
    uint32_t sockets; /* the directory of the sidecar's sockets */
    uint32_t trees;   /* 2: what may be changed is reached by another descriptor */
};

enum { HANDOUT_VERSION = 2 };

/* The address of a name; the length of what it says. */
static inline size_t handout_address(struct unix_address *address, const char *name) {
    size_t length = strlen(name);
    *address = (struct unix_address){.family = AF_UNIX_};
    if (length > HANDOUT_NAME) {
        length = HANDOUT_NAME;
    }
    memcpy(address->path + 1, name, length); /* a NUL first: abstract, unix(7) */
    return sizeof address->family + 1 + length;
}

/* Before the fork: a listening socket, and its name for the app's environment. Zero or a negative errno. */
long handout_open(char name[HANDOUT_NAME]);

/* In the launcher: serves from now on, in a thread. The policy stays in use. Zero or a negative errno. */
long handout_serve(const struct policy *policy, const unsigned char *bytes, size_t length, uint64_t marker, int root, int changeable);

/* Other trees of the target take the old ones' places. */
void handout_replace(int root, int changeable);

/* Bytes nobody can guess. */
uint64_t handout_random(void);

#endif
