/*
 * attach: mounts the target's volumes in the app's container. attach TREE NAMESPACE [r|w]PATH...
 *
 * Theory of operation: the sidecar's JVM starts this program when a launcher has lent it the mount namespace of the app's
 * container. TREE is the target's mounted file tree, NAMESPACE names the lent descriptor below /proc. A copy of each volume's
 * part of the tree, attached nowhere, is made first (open_tree), then this process goes over to the other namespace for good
 * (setns, which no process with threads may do) and attaches the copies at the same paths (move_mount). Nothing but the
 * copies is within the app's reach then, and they end with the namespace or, dead, with the sidecar.
 *
 * There everything belongs to the app's container, which is not trusted: nothing of it is executed or read but directories, on
 * the way to a place. A place is looked at and mounted on by the same descriptor. What the container's mounts are is asked of
 * the sidecar's /proc, opened before. A namespace that belongs to another user namespace is refused: whoever rules
 * that could make a mount writable that is to be read only.
 *
 * A place at or above a mount of the container's own is left alone, and said. A mount of ours with the device of TREE is there
 * already; with another device it is what a predecessor of the sidecar's process has left, dead, and goes.
 *
 * All lines for the user are on standard error. Exit codes: 0, also where a volume cannot be had from the target, which is said;
 * 1 where one cannot be attached, 125 for a wrong command line.
 */
#include "text.h"

enum { OWN_FAILURE = 125, NOT_ATTACHED = 1, MOUNTINFO_LIMIT = 1 << 20, PATH_LIMIT = 4096 };
enum { O_PATH_ = 010000000 };
#if defined(__x86_64__)
enum { O_DIRECTORY_ = 0200000 };
#else
enum { O_DIRECTORY_ = 040000 };
#endif
enum { RESOLVE_NO_MAGIC_LINKS = 2, RESOLVE_IN_ROOT = 0x10 };
enum { OPEN_TREE_CLONE = 1, AT_EMPTY_PATH_ = 0x1000, MOVE_FROM_EMPTY = 4, MOVE_TO_EMPTY = 0x40, MOUNT_READ_ONLY = 1 };
enum { UMOUNT_DETACH = 2, UMOUNT_NOFOLLOW = 8, NEW_MOUNTS = 0x20000, NS_GET_USERNS = 0xb701 };
enum { STATX_TYPE_INODE = 0x101, STATX_AS_KNOWN = 0x4000, KIND = 0170000, KIND_DIRECTORY = 0040000, KIND_REGULAR = 0100000 };

struct open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

struct mount_attributes { /* mount_attr */
    uint64_t set;
    uint64_t clear;
    uint64_t propagation;
    uint64_t user_namespace;
};

struct status { /* statx, the part that is read here; the rest is padding */
    uint32_t mask;
    uint32_t block_size;
    uint64_t attributes;
    uint32_t links;
    uint32_t uid;
    uint32_t gid;
    uint16_t mode;
    uint16_t spare;
    uint64_t inode;
    uint64_t size_to_times[11];
    uint32_t device[2]; /* of a special file */
    uint32_t on[2];     /* major, minor */
    uint64_t rest[14];
};
_Static_assert(offsetof(struct status, on) == 136 && sizeof(struct status) == 256, "statx(2)");

struct volume {
    const char *path;
    bool read_only;
    bool directory;
    int tree;
};

struct mount {
    const char *point;
    const char *kind;
    uint32_t device[2];
};

struct mounts {
    char *text;
    struct mount *all;
    size_t count;
};

static const char FILE_SYSTEM[] = "fuse.mirrord";

static int process_files; /* /proc of the sidecar */

static long status_of(int fd, struct status *status) {
    return SYS5(statx, fd, "", AT_EMPTY_PATH_ | STATX_AS_KNOWN, STATX_TYPE_INODE, status);
}

static bool failed(const char *what, long error) {
    struct error_text text = text_error(error);
    say("the target's volumes cannot be mounted in the app's container: ", what, ": ", text.text,
            error == -E_PERM ? " (a security module of the engine's host, or a user namespace of the container's own, forbids it)" : "", NULL);
    return false;
}

/* Copies one; a descriptor, or a negative errno. */
static long copy(int root, struct volume *volume) {
    struct open_how how = {O_PATH_ | O_CLOEXEC_, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGIC_LINKS};
    struct status status;
    long fd = SYS4(openat2, root, volume->path, &how, sizeof how);
    if (fd < 0) {
        return fd;
    }
    long tree = status_of((int)fd, &status);
    if (tree == 0) {
        volume->directory = (status.mode & KIND) == KIND_DIRECTORY;
        tree = SYS3(open_tree, fd, "", OPEN_TREE_CLONE | O_CLOEXEC_ | AT_EMPTY_PATH_);
    }
    sys_close((int)fd);
    if (tree >= 0 && volume->read_only) {
        struct mount_attributes attributes = {.set = MOUNT_READ_ONLY};
        long error = SYS5(mount_setattr, tree, "", AT_EMPTY_PATH_, &attributes, sizeof attributes);
        if (error < 0) {
            sys_close((int)tree);
            return error;
        }
    }
    return tree;
}

/* What the target itself cannot have is said and left out; without the agent nothing is there to be left out. */
static bool copy_all(int root, struct volume *volumes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        long tree = copy(root, &volumes[i]);
        volumes[i].tree = (int)tree;
        if (tree < 0) {
            struct error_text text = text_error(tree);
            say(tree == -E_IO ? "cannot mount the target's volume " : "not mounted: the target's volume ", volumes[i].path, ": in the target: ",
                    text.text, NULL);
            if (tree == -E_IO) {
                return false;
            }
        }
    }
    return true;
}

static bool same_file(int one, int other) {
    struct status a;
    struct status b;
    return status_of(one, &a) == 0 && status_of(other, &b) == 0 && a.inode == b.inode && a.on[0] == b.on[0] && a.on[1] == b.on[1];
}

static bool enter(int namespace) {
    long owner = sys_ioctl(namespace, NS_GET_USERNS, NULL);
    if (owner < 0) {
        return failed("its user namespace", owner);
    }
    long own = SYS4(openat, process_files, "self/ns/user", O_CLOEXEC_, 0);
    bool same = own >= 0 && same_file((int)owner, (int)own);
    sys_close((int)owner);
    sys_close((int)own);
    if (!same) {
        say("the target's volumes cannot be mounted in the app's container: it has a user namespace of its own", NULL);
        return false;
    }
    long error = SYS2(setns, namespace, NEW_MOUNTS);
    return error == 0 || failed("setns", error);
}

/* Ends the field that begins here and gives the next one; the end of the line is a NUL already. */
static char *next_field(char *field) {
    size_t length = text_find(field, strlen(field), ' ');
    char *next = field + length;
    if (*next != '\0') {
        *next++ = '\0';
    }
    return next;
}

static uint32_t number(const char *digits, char **end) {
    uint32_t value = 0;
    for (; *digits >= '0' && *digits <= '9'; digits++) {
        value = value * 10 + (uint32_t)(*digits - '0');
    }
    *end = (char *)(uintptr_t)digits;
    return value;
}

/* "36 35 98:0 /part /point options [optional]... - kind source options" */
static struct mount mount_of(char *line) {
    struct mount mount;
    char *device = next_field(next_field(line));
    char *part = next_field(device);
    char *point = next_field(part);
    char *rest = next_field(point);
    char *end;
    mount.device[0] = number(device, &end);
    mount.device[1] = *end == ':' ? number(end + 1, &end) : 0;
    text_unescape(point);
    mount.point = point;
    while (*rest != '\0' && !(rest[0] == '-' && (rest[1] == ' ' || rest[1] == '\0'))) {
        rest = next_field(rest);
    }
    mount.kind = next_field(rest);
    (void)next_field((char *)(uintptr_t)mount.kind);
    return mount;
}

static long read_all(int fd, char *to, size_t size) {
    size_t length = 0;
    while (length < size) {
        long count = sys_read(fd, to + length, size - length);
        if (count <= 0) {
            return count < 0 ? count : (long)length;
        }
        length += (size_t)count;
    }
    return -E_2BIG;
}

/* Of the namespace that this process is in. */
static bool read_mounts(struct mounts *mounts) {
    *mounts = (struct mounts){.text = memory_reserve(MOUNTINFO_LIMIT)};
    long fd = SYS4(openat, process_files, "self/mountinfo", O_CLOEXEC_, 0);
    long length = mounts->text == NULL ? -E_NOMEM : fd < 0 ? fd : read_all((int)fd, mounts->text, MOUNTINFO_LIMIT - 1);
    if (fd >= 0) {
        sys_close((int)fd);
    }
    if (length < 0) {
        return failed("its mounts", length);
    }
    mounts->text[length] = '\0';
    size_t lines = 0;
    for (long i = 0; i < length; i++) {
        lines += mounts->text[i] == '\n';
    }
    mounts->all = memory_reserve((lines + 1) * sizeof *mounts->all);
    if (mounts->all == NULL) {
        return failed("its mounts", -E_NOMEM);
    }
    for (char *line = mounts->text; mounts->count < lines;) {
        char *end = line + text_find(line, (size_t)(mounts->text + length - line), '\n');
        *end = '\0';
        mounts->all[mounts->count++] = mount_of(line);
        line = end + 1;
    }
    return true;
}

static bool is_ours(const struct mount *mount) { return strcmp(mount->kind, FILE_SYSTEM) == 0; }

static bool is_of(const struct mount *mount, const struct status *tree) {
    return mount->device[0] == tree->on[0] && mount->device[1] == tree->on[1];
}

/* The last one first: it may be on another. What is on another goes with it, too, so that it need not succeed. */
static bool drop_dead(struct mounts *mounts, const struct status *tree) {
    bool dropped = false;
    for (size_t i = mounts->count; i-- > 0;) {
        if (is_ours(&mounts->all[i]) && !is_of(&mounts->all[i], tree)) {
            dropped |= SYS2(umount2, mounts->all[i].point, UMOUNT_DETACH | UMOUNT_NOFOLLOW) == 0;
        }
    }
    return !dropped || read_mounts(mounts);
}

static bool is_below(const char *path, const char *directory) {
    size_t length = strlen(directory);
    return strlen(path) > length && memcmp(path, directory, length) == 0 && path[length] == '/';
}

static bool cannot(const struct volume *volume, const char *what, long error) {
    struct error_text text = text_error(error);
    const char *why = "";
    if (error == -E_ROFS) {
        why = " (the image does not have it, and the container's root is read-only: make it in the image)";
    } else if (error == -E_NOTDIR) {
        why = volume->directory ? " (the image has a file there)" : " (the image has a directory there)";
    }
    say("cannot mount the target's volume ", volume->path, ": ", what, ": ", text.text, why, NULL);
    return false;
}

/* The directories above, and the place itself; those that are there already stay what they are. */
static long make(const struct volume *volume) {
    enum { EXISTS = 17 };
    char path[PATH_LIMIT];
    size_t length = strlen(volume->path);
    if (length >= sizeof path) {
        return -E_NAMETOOLONG;
    }
    memcpy(path, volume->path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0') {
            continue;
        }
        bool last = path[i] == '\0';
        path[i] = '\0';
        long error = last && !volume->directory ? SYS4(mknodat, AT_FDCWD_, path, KIND_REGULAR | 0644, 0)
                                                : SYS3(mkdirat, AT_FDCWD_, path, 0755);
        if (error < 0 && error != -EXISTS) {
            return error;
        }
        path[i] = last ? '\0' : '/';
    }
    return 0;
}

/* Where it is to be mounted: a descriptor or a negative errno. */
static long place_of(const struct volume *volume) {
    long fd = SYS4(openat, AT_FDCWD_, volume->path, O_PATH_ | O_CLOEXEC_, 0);
    if (fd == -E_NOENT) {
        long error = make(volume);
        fd = error < 0 ? error : SYS4(openat, AT_FDCWD_, volume->path, O_PATH_ | O_CLOEXEC_, 0);
    }
    return fd;
}

/* The path without links, as mountinfo has it. */
static bool real_path(int fd, char *to, size_t size) {
    static const char prefix[] = "self/fd/";
    char name[40];
    struct decimal digits = text_decimal((uint64_t)fd);
    memcpy(name, prefix, sizeof prefix - 1);
    memcpy(name + sizeof prefix - 1, digits.digits, strlen(digits.digits) + 1);
    long length = SYS4(readlinkat, process_files, name, to, size - 1);
    to[length < 0 ? 0 : length] = '\0';
    return length > 0;
}

static bool attach_at(const struct volume *volume, int place, const struct mounts *mounts, const struct status *tree) {
    char path[PATH_LIMIT];
    if (!real_path(place, path, sizeof path)) {
        return cannot(volume, "its path", -E_NOENT);
    }
    for (size_t i = mounts->count; i-- > 0;) {
        const struct mount *mount = &mounts->all[i];
        if (is_ours(mount)) {
            if (strcmp(mount->point, path) == 0 && is_of(mount, tree)) {
                return true;
            }
        } else if (strcmp(mount->point, path) == 0 || is_below(mount->point, path)) {
            say("not mounted: the target's volume ", volume->path, ": the container has a mount of its own at ", mount->point, NULL);
            return true;
        }
    }
    struct status status;
    long error = status_of(place, &status);
    if (error == 0 && volume->directory != ((status.mode & KIND) == KIND_DIRECTORY)) {
        return cannot(volume, "the place", -E_NOTDIR);
    }
    error = SYS5(move_mount, volume->tree, "", place, "", MOVE_FROM_EMPTY | MOVE_TO_EMPTY);
    return error == 0 || cannot(volume, "move_mount", error);
}

static bool attach(const struct volume *volume, const struct mounts *mounts, const struct status *tree) {
    long place = place_of(volume);
    if (place < 0) {
        return cannot(volume, "the place", place);
    }
    bool attached = attach_at(volume, (int)place, mounts, tree);
    sys_close((int)place);
    return attached;
}

static bool run(int root, int namespace, struct volume *volumes, size_t count) {
    struct status tree;
    struct mounts mounts;
    long error = status_of(root, &tree);
    if (error < 0) {
        return failed("the target's files", error);
    }
    sys_umask(022);
    if (!copy_all(root, volumes, count) || !enter(namespace) || !read_mounts(&mounts) || !drop_dead(&mounts, &tree)) {
        return false;
    }
    bool all = true;
    for (size_t i = 0; i < count; i++) {
        all &= volumes[i].tree < 0 || attach(&volumes[i], &mounts, &tree);
    }
    return all;
}

int program(int count, char **arguments, char **environment) {
    (void)environment;
    if (count < 3) {
        say_usage("attach TREE NAMESPACE [r|w]PATH...");
        return OWN_FAILURE;
    }
    size_t volume_count = (size_t)count - 3;
    struct volume *volumes = memory_reserve((volume_count + 1) * sizeof *volumes);
    if (volumes == NULL) {
        return OWN_FAILURE;
    }
    for (size_t i = 0; i < volume_count; i++) {
        const char *word = arguments[i + 3];
        if ((word[0] != 'r' && word[0] != 'w') || word[1] != '/') {
            say("not a volume: ", word, NULL);
            return OWN_FAILURE;
        }
        volumes[i] = (struct volume){.path = word + 1, .read_only = word[0] == 'r', .tree = -1};
    }
    long root = SYS4(openat, AT_FDCWD_, arguments[1], O_PATH_ | O_DIRECTORY_ | O_CLOEXEC_, 0);
    long namespace = SYS4(openat, AT_FDCWD_, arguments[2], O_CLOEXEC_, 0);
    long processes = SYS4(openat, AT_FDCWD_, "/proc", O_PATH_ | O_DIRECTORY_ | O_CLOEXEC_, 0);
    if (root < 0 || namespace < 0 || processes < 0) {
        failed(root < 0 ? arguments[1] : namespace < 0 ? arguments[2] : "/proc", root < 0 ? root : namespace < 0 ? namespace : processes);
        return NOT_ATTACHED;
    }
    process_files = (int)processes;
    return run((int)root, (int)namespace, volumes, volume_count) ? 0 : NOT_ATTACHED;
}

PROGRAM_START
