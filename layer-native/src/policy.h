/* Where a path is served: in the app's container or in the target. The theory is in policy.c. */
#ifndef MIRRORD_POLICY_H
#define MIRRORD_POLICY_H

#include "expression.h"

enum { PATH_LIMIT = 4096, POLICY_LIMIT = 512 << 10 };

enum decision {
    DECIDE_LOCAL = 1,
    DECIDE_NOT_FOUND = 2,  /* ENOENT */
    DECIDE_READ_ONLY = 3,  /* the target's; changes are refused with EROFS */
    DECIDE_READ_WRITE = 4, /* the target's */
    DECIDE_READ = 5,       /* reads are the target's, what it does not have is local, as are changes */
    DECIDE_WRITE = 6       /* the target's; what is only to be read and is not there is local */
};

/* What only the container knows. */
struct container_facts {
    const char *working_directory;
    const char *home;         /* empty when unknown */
    const char *const *mounts; /* the user's; NULL at the end */
};

struct policy {
    const unsigned char *mappings;
    size_t mapping_count;
    const unsigned char *rules;
    size_t rule_count;
    enum decision otherwise;
    const unsigned char *sockets; /* expressions: unix sockets that are the target's */
    size_t socket_count;
    struct container_facts facts;
};

/* Checks all of it; the bytes stay in use. */
bool policy_read(struct policy *policy, const unsigned char *bytes, size_t length);

/* Whether any file can be the target's. */
bool policy_has_files(const struct policy *policy);

/* Memory for one decision at a time. */
struct policy_room {
    char mapped[PATH_LIMIT];
    char plain[PATH_LIMIT];
    struct expression_room expression;
};

struct verdict {
    enum decision decision;
    const char *path; /* in the room when it was mapped */
    bool ruled;       /* a rule says so, not the mode alone */
};

/* For an absolute path. */
struct verdict policy_decide(const struct policy *policy, struct policy_room *room, const char *path);

#endif
