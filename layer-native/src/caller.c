/*
 * What is read of a process whose call is served.
 *
 * Theory of operation: a path is read by process_vm_readv(2). Where that is not allowed, and for what is of the target,
 * /proc/PID/mem is opened with the caller's file-system ids (images that begin as root and drop it); each thread of ours has its
 * own. A process that changed its ids without exec cannot be read without SYS_PTRACE: its calls stay local.
 */
#include "caller.h"

#include "policy.h"

enum { STATX_OWNER = 8 | 16, STATX_UID = 20, STATX_GID = 24, STATX_LENGTH = 256 };
enum { PAGE = 4096, STATUS_LIMIT = 512 };

static bool told_unreadable;

struct caller_ids caller_ids(void) {
    struct caller_ids ids = {(unsigned)SYS1(setfsuid, -1), (unsigned)SYS1(setfsgid, -1)};
    return ids;
}

/* Takes the caller's ids for this thread; false when they were ours already. */
static bool become(struct caller_ids *ids, uint32_t thread) {
    unsigned char bytes[STATX_LENGTH];
    struct caller_ids owner;
    struct process_path path = process_path(thread, "");
    if (SYS5(statx, AT_FDCWD_, path.text, 0, STATX_OWNER, bytes) < 0) {
        return false;
    }
    memcpy(&owner.user, bytes + STATX_UID, sizeof owner.user);
    memcpy(&owner.group, bytes + STATX_GID, sizeof owner.group);
    if (owner.user == ids->user && owner.group == ids->group) {
        return false;
    }
    *ids = owner;
    SYS1(setfsgid, owner.group);
    SYS1(setfsuid, owner.user);
    return true;
}

bool caller_memory(struct caller_ids *ids, uint32_t thread, int *memory) {
    enum { READ_WRITE = 2 };
    if (*memory >= 0) {
        return true;
    }
    struct process_path path = process_path(thread, "/mem");
    long fd = SYS4(openat, AT_FDCWD_, path.text, READ_WRITE | O_CLOEXEC_, 0);
    if ((fd == -E_ACCES || fd == -E_PERM) && become(ids, thread)) {
        fd = SYS4(openat, AT_FDCWD_, path.text, READ_WRITE | O_CLOEXEC_, 0);
    }
    if ((fd == -E_ACCES || fd == -E_PERM) && !__atomic_exchange_n(&told_unreadable, true, __ATOMIC_RELAXED)) {
        say("a process that changed its user or hides its memory gets its paths from the image, not from the target", NULL);
    }
    *memory = (int)fd;
    return fd >= 0;
}

static long read_memory(uint32_t thread, int memory, uint64_t address, char *to, size_t length) {
    struct {
        uint64_t base;
        uint64_t length;
    } here = {(uint64_t)(uintptr_t)to, length}, there = {address, length};
    return memory >= 0 ? SYS4(pread64, memory, to, length, address) : SYS6(process_vm_readv, thread, &here, 1, &there, 1, 0);
}

/* Reads up to a NUL, page by page: what is mapped may end after it. The length or a negative errno. */
static long read_text(uint32_t thread, int memory, uint64_t address, char *to, size_t size) {
    for (size_t length = 0; length < size;) {
        size_t room = PAGE - (address + length) % PAGE;
        long count = read_memory(thread, memory, address + length, to + length, room > size - length ? size - length : room);
        if (count <= 0) {
            return count < 0 ? count : -E_FAULT;
        }
        size_t end = text_find(to + length, (size_t)count, '\0');
        length += end;
        if (end < (size_t)count) {
            return (long)length;
        }
    }
    return -E_NAMETOOLONG;
}

bool caller_text(struct caller_ids *ids, uint32_t thread, uint64_t address, int *memory, char *to) {
    long length = *memory < 0 ? read_text(thread, -1, address, to, PATH_LIMIT) : -E_PERM;
    if (length == -E_PERM || length == -E_ACCES || length == -E_NOSYS) {
        length = caller_memory(ids, thread, memory) ? read_text(thread, *memory, address, to, PATH_LIMIT) : -1;
    }
    return length > 0;
}

size_t caller_read(const char *path, char *to, size_t size) {
    long fd = SYS4(openat, AT_FDCWD_, path, O_CLOEXEC_, 0);
    long length = fd < 0 ? fd : sys_read((int)fd, to, size);
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return length < 0 ? 0 : (size_t)length;
}

static unsigned long in_status(uint32_t thread, const char *label, unsigned base, unsigned long otherwise) {
    char text[STATUS_LIMIT];
    struct process_path path = process_path(thread, "/status");
    return text_number(text, caller_read(path.text, text, sizeof text), label, base, otherwise);
}

unsigned caller_umask(uint32_t thread) { return (unsigned)in_status(thread, "\nUmask:\t", 8, 022); }

long caller_process(uint32_t thread) { return (long)in_status(thread, "\nTgid:\t", 10, 0); }
