/*
 * What the library in the app's processes is given: the rules and the target's tree.
 *
 * Theory of operation: the launcher listens on a unix socket with an abstract name, random, which the app finds in its
 * environment: nothing of it is in a file system, so a read-only root, another user and the end of the launcher need no
 * care. A process connects, sends one message and gets
 *
 *   P         a memory file with the rules and the container's facts, sealed: it is mapped, not copied
 *   T         the descriptor of the tree
 *   W         the descriptor of the same tree where it may be changed
 *   R path    nothing: a change was refused there, and the launcher says so once
 *
 * A peer that says nothing for a moment is not waited for. Whoever is in the network namespace may ask: it is the app's own,
 * and the sidecar's socket gives the same to everybody.
 */
#include "handout.h"

#include "supervisor.h"
#include "text.h"
#include "thread.h"

enum { SOCK_SEQPACKET_ = 5, RIGHTS = 1, BACKLOG = 128, PATIENCE_MS = 300, CLOEXEC_MEMORY = 1, ALLOW_SEALING = 2 };
enum { F_ADD_SEALS_ = 1033, ALL_SEALS = 15, REQUEST_LIMIT = 1 + PATH_LIMIT };

static struct {
    int listener;
    int rules;
    int root;
    int changeable;
} shared = {-1, -1, -1, -1};

uint64_t handout_random(void) {
    uint64_t value = 0;
    while (SYS3(getrandom, &value, sizeof value, 0) == -E_INTR) {
    }
    return value | 1; /* never zero */
}

long handout_open(char name[HANDOUT_NAME]) {
    static const char prefix[] = "mirrord-";
    struct unix_address address;
    uint64_t random = handout_random();
    memcpy(name, prefix, sizeof prefix - 1);
    for (size_t i = 0; i < 16; i++) {
        name[sizeof prefix - 1 + i] = "0123456789abcdef"[random >> (4 * i) & 15];
    }
    name[sizeof prefix - 1 + 16] = '\0';
    long fd = sys_socket(AF_UNIX_, SOCK_SEQPACKET_ | O_CLOEXEC_);
    if (fd < 0) {
        return fd;
    }
    size_t length = handout_address(&address, name);
    long error = SYS3(bind, fd, &address, length);
    if (error == 0) {
        error = SYS2(listen, fd, BACKLOG);
    }
    if (error < 0) {
        sys_close((int)fd);
        return error;
    }
    shared.listener = (int)fd;
    return 0;
}

static bool write_all(int fd, const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        long count = sys_write(fd, at, length);
        if (count <= 0) {
            return false;
        }
        at += count;
        length -= (size_t)count;
    }
    return true;
}

static bool write_text(int fd, const char *text) { return write_all(fd, text, strlen(text) + 1); }

/* A sealed file in memory, or a negative errno. */
static long rules_of(const struct policy *policy, const unsigned char *bytes, size_t length, uint64_t marker, uint32_t trees) {
    const struct container_facts *facts = &policy->facts;
    uint32_t head = sizeof(struct handout_head);
    uint32_t working_directory = head + (uint32_t)length;
    uint32_t home = working_directory + (uint32_t)strlen(facts->working_directory) + 1;
    uint32_t mounts = home + (uint32_t)strlen(facts->home) + 1;
    uint32_t sockets = mounts + 1;
    for (const char *const *mount = facts->mounts; *mount != NULL; mount++) {
        sockets += (uint32_t)strlen(*mount) + 1;
    }
    uint32_t size = sockets + (uint32_t)strlen(MIRRORD_SOCKETS) + 1;
    struct handout_head start = {HANDOUT_VERSION, size, marker, head, (uint32_t)length, working_directory, home, mounts, sockets, trees};
    long fd = SYS2(memfd_create, "mirrord-rules", CLOEXEC_MEMORY | ALLOW_SEALING);
    if (fd < 0) {
        return fd;
    }
    bool written = write_all((int)fd, &start, sizeof start) && write_all((int)fd, bytes, length)
            && write_text((int)fd, facts->working_directory) && write_text((int)fd, facts->home);
    for (const char *const *mount = facts->mounts; *mount != NULL && written; mount++) {
        written = write_text((int)fd, *mount);
    }
    if (!written || !write_text((int)fd, "") || !write_text((int)fd, MIRRORD_SOCKETS)) {
        sys_close((int)fd);
        return -E_NOMEM;
    }
    sys_fcntl((int)fd, F_ADD_SEALS_, ALL_SEALS);
    return fd;
}

static void give(int to, int fd) {
    struct {
        struct control_head head;
        int fd;
        int padding;
    } rights = {{sizeof(struct control_head) + sizeof(int), SOL_SOCKET_, RIGHTS}, fd, 0};
    struct vector vector = {(void *)(uintptr_t)"", 1};
    struct message_head message = {.vectors = &vector, .vector_count = 1, .control = &rights, .control_length = sizeof rights};
    (void)SYS3(sendmsg, to, &message, MSG_NOSIGNAL_ | MSG_DONTWAIT_);
}

static void answer(int to) {
    static char request[REQUEST_LIMIT + 1]; /* one thread only */
    struct poll_entry entry = {to, POLL_IN, 0};
    sys_poll(&entry, 1, PATIENCE_MS);
    long length = SYS6(recvfrom, to, request, REQUEST_LIMIT, MSG_DONTWAIT_, 0, 0);
    if (length <= 0) {
        return;
    }
    request[length] = '\0';
    switch (request[0]) {
        case HANDOUT_RULES:
            give(to, shared.rules);
            break;
        case HANDOUT_TREE:
            give(to, __atomic_load_n(&shared.root, __ATOMIC_ACQUIRE));
            break;
        case HANDOUT_CHANGEABLE:
            give(to, __atomic_load_n(&shared.changeable, __ATOMIC_ACQUIRE));
            break;
        case HANDOUT_READ_ONLY:
            supervisor_say_read_only(request + 1);
            break;
        default:
            break;
    }
}

static void *work(void *unused) {
    (void)unused;
    for (;;) {
        long fd = SYS4(accept4, shared.listener, 0, 0, O_CLOEXEC_);
        if (fd >= 0) {
            answer((int)fd);
            sys_close((int)fd);
        } else if (fd != -E_INTR) {
            sys_poll(NULL, 0, PATIENCE_MS); /* no descriptor or memory now */
        }
    }
    return NULL;
}

long handout_serve(const struct policy *policy, const unsigned char *bytes, size_t length, uint64_t marker, int root, int changeable) {
    long rules = rules_of(policy, bytes, length, marker, root == changeable ? 1 : 2);
    if (rules < 0) {
        return rules;
    }
    shared.rules = (int)rules;
    shared.root = root;
    shared.changeable = changeable;
    return thread_start(work);
}

void handout_replace(int root, int changeable) {
    __atomic_store_n(&shared.root, root, __ATOMIC_RELEASE);
    __atomic_store_n(&shared.changeable, changeable, __ATOMIC_RELEASE);
}
