/*
 * What a process of the app knows of the target's files.
 *
 * Theory of operation: LD_PRELOAD brings this library into every process with a dynamic C library. When it is loaded it
 * asks the launcher, whose socket the environment names, for the rules, and maps them; a child of fork(2) has them too, a
 * program that takes the process's place asks again. Where nobody answers, every path is local and the library does nothing.
 *
 * The descriptor of the target's tree (two where only a part may be changed) is asked for when the first path of the target is used, and kept under a high
 * number, closed by execve. The app may close or replace it, as those do that close all descriptors: before each use it
 * is compared with what it was (mount, device and inode), and asked for again. A child of vfork(2) shares our memory but not our
 * descriptors, and is served in the same way. So nothing here holds a lock: who finds the work done already throws his own away.
 *
 * Nothing here allocates from the C library, writes to the app's descriptors or touches errno; all may run in a signal handler.
 */
#include "../handout.h"
#include "../text.h"
#include "layer.h"

enum { CLOSE_ON_EXEC = 0x40000000, RIGHTS = 1, SOCK_SEQPACKET_ = 5, MOUNT_LIMIT = 64, DUP_CLOSE_ON_EXEC = 1030 };
enum { HIGH = 700, LOWER = 100, STATX_INO_ = 0x100, STATX_MOUNT = 0x1000, DONT_SYNC = 0x4000, MAP_READ = 1, MAP_SHARED_ = 1 };

long layer_marker;

extern char **environ IMPORTED;

enum start { NOT_YET, STARTING, STARTED, LOCAL_ONLY };

static struct {
    enum start state;
    struct policy policy;
    const char *mounts[MOUNT_LIMIT + 1];
    char name[HANDOUT_NAME + 1];
    bool has_files;
    const char *sockets; /* the directory of the sidecar's sockets */
    bool two_trees;
    uint64_t trees[2]; /* which(), zero when there is none; the second is for changes */
} self;

/* Connects and asks; the descriptor that came, or a negative errno. Signals stay out: half of an exchange helps nobody. */
static long ask(enum handout_request request, const char *text) {
    struct unix_address address;
    size_t address_length = handout_address(&address, self.name);
    signal_set all = ~(signal_set)0;
    signal_set before = 0;
    char kind = (char)request;
    struct vector parts[] = {{&kind, 1}, {(void *)(uintptr_t)text, text == NULL ? 0 : strlen(text)}};
    struct message_head message = {.vectors = parts, .vector_count = 2};
    sys_signal_mask(&all, &before);
    long fd = sys_socket(AF_UNIX_, SOCK_SEQPACKET_ | O_CLOEXEC_);
    long result = fd;
    if (fd >= 0) {
        struct {
            struct control_head head;
            int fd;
            int padding;
        } rights = {{0, 0, 0}, -1, 0};
        char byte = 0;
        struct vector vector = {&byte, 1};
        struct message_head got = {.vectors = &vector, .vector_count = 1, .control = &rights, .control_length = sizeof rights};
        result = SYS3(connect, fd, &address, address_length);
        if (result == 0) {
            result = SYS3(sendmsg, fd, &message, MSG_NOSIGNAL_);
        }
        if (result > 0) {
            result = SYS3(recvmsg, fd, &got, CLOSE_ON_EXEC);
        }
        sys_close((int)fd);
        if (result >= 0) {
            result = rights.head.type == RIGHTS && rights.fd >= 0 ? rights.fd : -E_IO;
        }
    }
    sys_signal_mask(&before, NULL);
    return result;
}

static bool find_name(char **environment) {
    static const char variable[] = HANDOUT_VARIABLE "=";
    for (; environment != NULL && *environment != NULL; environment++) {
        size_t length = strlen(*environment);
        if (length >= sizeof variable && length < sizeof variable + HANDOUT_NAME && memcmp(*environment, variable, sizeof variable - 1) == 0) {
            memcpy(self.name, *environment + sizeof variable - 1, length - sizeof variable + 2);
            return true;
        }
    }
    return false;
}

/* The launcher has made them; what a process got from somebody else must not break it either. */
static bool use(const struct handout_head *head, size_t size) {
    const char *bytes = (const char *)head;
    if (size < sizeof *head || head->version != HANDOUT_VERSION || head->size > size || head->size < sizeof *head
            || bytes[head->size - 1] != '\0' || head->policy > head->size || head->policy_length > head->size - head->policy
            || head->working_directory >= head->size || head->home >= head->size || head->mounts >= head->size
            || head->sockets >= head->size
            || !policy_read(&self.policy, (const unsigned char *)bytes + head->policy, head->policy_length)) {
        return false;
    }
    size_t count = 0;
    for (size_t at = head->mounts; bytes[at] != '\0' && count < MOUNT_LIMIT; at += strlen(bytes + at) + 1) {
        self.mounts[count++] = bytes + at;
    }
    self.policy.facts = (struct container_facts){bytes + head->working_directory, bytes + head->home, self.mounts};
    layer_marker = (long)head->marker;
    self.has_files = policy_has_files(&self.policy);
    self.sockets = bytes + head->sockets;
    self.two_trees = head->trees == 2;
    return true;
}

static enum start begin(void) {
    enum { END = 2 };
    long fd = find_name(environ) ? ask(HANDOUT_RULES, NULL) : -E_NOENT;
    if (fd < 0) {
        return LOCAL_ONLY;
    }
    long size = SYS3(lseek, fd, 0, END);
    long memory = size < (long)sizeof(struct handout_head) ? -E_INVAL : SYS6(mmap, 0, size, MAP_READ, MAP_SHARED_, fd, 0);
    sys_close((int)fd);
    bool mapped = memory > 0 || memory < -4095;
    return mapped && use((const struct handout_head *)memory, (size_t)size) ? STARTED : LOCAL_ONLY;
}

static void start(void) {
    enum start expected = NOT_YET;
    if (&environ == NULL || environ == NULL) {
        return; /* the C library is not ready: another one's constructor runs before ours */
    }
    if (__atomic_compare_exchange_n(&self.state, &expected, STARTING, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        __atomic_store_n(&self.state, begin(), __ATOMIC_RELEASE);
    }
}

__attribute__((constructor)) static void loaded(void) { start(); }

static const struct policy *rules(void) {
    enum start state = __atomic_load_n(&self.state, __ATOMIC_ACQUIRE);
    if (state == NOT_YET) {
        start();
        state = __atomic_load_n(&self.state, __ATOMIC_ACQUIRE);
    }
    return state == STARTED ? &self.policy : NULL;
}

const struct policy *layer_policy(void) {
    const struct policy *policy = rules();
    return policy != NULL && self.has_files ? policy : NULL;
}

const struct policy *layer_sockets(const char **directory) {
    const struct policy *policy = rules();
    *directory = self.sockets;
    return policy != NULL && policy->socket_count > 0 ? policy : NULL;
}

/* A descriptor and what it stands for in one word: `u24 number + 1, u40 hash of mount, device and inode`; zero for none. */
static uint64_t which(long fd) {
    unsigned char bytes[256];
    uint64_t inode = 0;
    uint64_t mount = 0;
    uint32_t device[2] = {0, 0};
    enum { AT_INODE = 32, AT_DEVICE = 136, AT_MOUNT = 144 };
    if (SYS5(statx, fd, "", AT_EMPTY_PATH_ | DONT_SYNC, STATX_INO_ | STATX_MOUNT, bytes) < 0) {
        return 0;
    }
    memcpy(&inode, bytes + AT_INODE, sizeof inode);
    memcpy(&mount, bytes + AT_MOUNT, sizeof mount);
    memcpy(device, bytes + AT_DEVICE, sizeof device);
    uint64_t hash = (inode ^ (uint64_t)device[0] << 52 ^ (uint64_t)device[1] << 32 ^ mount << 12) * 0x9e3779b97f4a7c15U;
    return (uint64_t)(fd + 1) << 40 | hash >> 24;
}

static int number_of(uint64_t tree) { return (int)(tree >> 40) - 1; }

static long high(long fd) {
    long other = sys_fcntl((int)fd, DUP_CLOSE_ON_EXEC, HIGH);
    if (other < 0) {
        other = sys_fcntl((int)fd, DUP_CLOSE_ON_EXEC, LOWER);
    }
    if (other < 0) {
        return fd;
    }
    sys_close((int)fd);
    return other;
}

/* In the place of what was found to be no longer the tree. */
static long fetch(bool changes, uint64_t known) {
    long fd = ask(changes ? HANDOUT_CHANGEABLE : HANDOUT_TREE, NULL);
    if (fd < 0) {
        return fd == -24 /* EMFILE */ ? fd : -E_IO;
    }
    fd = high(fd);
    uint64_t fresh = which(fd);
    if (!__atomic_compare_exchange_n(&self.trees[changes], &known, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)
            && which(number_of(known)) == known) {
        sys_close((int)fd); /* another thread was faster */
        return number_of(known);
    }
    return fd;
}

long layer_tree_for(bool changes) {
    bool second = changes && self.two_trees;
    uint64_t tree = __atomic_load_n(&self.trees[second], __ATOMIC_ACQUIRE);
    return tree != 0 && which(number_of(tree)) == tree ? number_of(tree) : fetch(second, tree);
}

long layer_tree(void) { return layer_tree_for(false); }

long layer_tree_instead(bool changes, long used, long result) {
    bool second = changes && self.two_trees;
    if (result == -E_BADF) {
        return layer_tree_for(second); /* closed by another thread since we looked */
    }
    if (result != -E_NOTCONN) {
        return result;
    }
    uint64_t tree = __atomic_load_n(&self.trees[second], __ATOMIC_ACQUIRE);
    long fresh = fetch(second, tree);
    if (fresh >= 0 && fresh != used && which(used) == tree) {
        sys_close((int)used); /* its sidecar is gone; the number is still ours */
    }
    return fresh;
}

void layer_refused(const char *path) { (void)ask(HANDOUT_READ_ONLY, path); }
