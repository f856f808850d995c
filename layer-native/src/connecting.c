/*
 * connect(2) to a unix socket of the target, done for another process.
 *
 * Theory of operation: the caller's socket is taken (pidfd_getfd(2)) and connected to what the sidecar holds ready, as the
 * library does it in its own process (sockets.c). Where an engine's profile forbids that, the socket's type and flags are read
 * in proc(5) and a connected socket of that kind takes the place of the caller's.
 */
#include "connecting.h"

#include "caller.h"
#include "sockets.h"
#include "supervisor.h"

enum { NR_pidfd_getfd = 438, CONNECT_PATIENCE_MS = 10000, SOCK_SEQPACKET_ = 5, E_ISCONN = 106 };
/* The tests take one way or the other. */
#ifndef WITHOUT_GETFD
#define WITHOUT_GETFD false
#endif

/* The caller's own socket, or a negative errno. */
static long take_socket(uint32_t thread, int number) {
    long pidfd = sys_pidfd_open(caller_process(thread));
    if (pidfd < 0) {
        return pidfd;
    }
    long result = WITHOUT_GETFD ? -E_PERM : SYS3(pidfd_getfd, pidfd, number, 0);
    sys_close((int)pidfd);
    return result;
}

/* A line of /proc/net/unix: "address: references protocol flags type state inode path". */
static long type_in(const char *line, size_t length, unsigned long inode) {
    enum { TYPE = 4, STATE = 5, INODE = 6, CONNECTED = 3 };
    size_t at = 0;
    long type = 0;
    for (int field = 0; field <= INODE && at < length; field++) {
        if (field == TYPE) {
            type = (long)text_number(line + at, length - at, "", 10, 0);
        } else if (field == STATE && text_number(line + at, length - at, "", 10, 0) == CONNECTED) {
            type = E_ISCONN;
        } else if (field == INODE && text_number(line + at, length - at, "", 10, 0) == inode) {
            return type;
        }
        at += text_find(line + at, length - at, ' ');
        while (at < length && line[at] == ' ') {
            at++;
        }
    }
    return -1;
}

/* The type of a unix socket of this network namespace, or a negative errno. */
static long type_of_inode(unsigned long inode, char *buffer, size_t size) {
    long fd = SYS4(openat, AT_FDCWD_, "/proc/net/unix", O_CLOEXEC_, 0);
    long type = -1;
    size_t held = 0;
    for (long count = 1; fd >= 0 && type < 0 && count > 0;) {
        count = sys_read((int)fd, buffer + held, size - held);
        held += count > 0 ? (size_t)count : 0;
        size_t at = 0;
        for (size_t end; type < 0 && at + (end = text_find(buffer + at, held - at, '\n')) < held; at += end + 1) {
            type = type_in(buffer + at, end, inode);
        }
        memmove(buffer, buffer + at, held - at);
        held -= at;
    }
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return type == E_ISCONN ? -E_ISCONN : type == SOCK_STREAM_ || type == SOCK_SEQPACKET_ ? type : -E_PERM;
}

/* Where descriptors may not be taken (engines' profiles of seccomp): the type, by what can be seen of it. */
static long look_at_socket(uint32_t thread, int number, char *text, unsigned *flags) {
    struct process_path path = process_descriptor(thread, "/fdinfo/", number);
    *flags = (unsigned)text_number(text, caller_read(path.text, text, PATH_LIMIT), "flags:\t", 8, 0);
    path = process_descriptor(thread, "/fd/", number);
    long length = SYS4(readlinkat, AT_FDCWD_, path.text, text, PATH_LIMIT);
    unsigned long inode = length < 0 ? 0 : text_number(text, (size_t)length, "socket:[", 10, 0);
    return inode == 0 ? -E_PERM : type_of_inode(inode, text, PATH_LIMIT);
}

/* A connected socket in the place of the caller's. */
static long replace_socket(int listener, const struct notification *notification, long type, unsigned flags, const unsigned char *token) {
    enum { AT_NUMBER = 1, F_SETFL_ = 4, READ_WRITE = 2 };
    long fd = sys_socket(AF_UNIX_, (int)type | O_CLOEXEC_);
    long error = fd < 0 ? fd : sockets_join(MIRRORD_SOCKETS, (int)fd, (int)type, token);
    if (error == 0) {
        struct descriptor_answer answer = {notification->id, AT_NUMBER, (uint32_t)fd, (uint32_t)notification->arguments[0], flags & O_CLOEXEC_};
        sys_fcntl((int)fd, F_SETFL_, READ_WRITE | (flags & O_NONBLOCK_));
        error = sys_ioctl(listener, NOTIFY_ADDFD, &answer);
    }
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return error < 0 ? error : 0;
}

/* Connects the caller's socket for it; true when that was not for us to do. */
static bool connect_for(int listener, const struct notification *notification, const struct unix_address *address, char *text) {
    static int waiting;
    unsigned char token[SOCKET_TOKEN];
    char path[sizeof address->path + 1] = {0};
    unsigned flags = 0;
    memcpy(path, address->path, sizeof address->path);
    long fd = take_socket(notification->pid, (int)notification->arguments[0]);
    long type = fd == -E_PERM ? look_at_socket(notification->pid, (int)notification->arguments[0], text, &flags)
              : fd < 0        ? fd
                              : sockets_type((int)fd);
    if (type == -E_ISCONN) {
        notify_answer(listener, notification->id, type, 0);
        return false;
    }
    if (type >= 0) {
        /* Threads that wait for a target serve nobody else: half of them stay. */
        bool room = __atomic_add_fetch(&waiting, 1, __ATOMIC_RELAXED) <= SUPERVISOR_THREADS / 2;
        long error = room ? sockets_ask(MIRRORD_SOCKETS, (int)type, path, CONNECT_PATIENCE_MS, token) : -E_AGAIN;
        __atomic_sub_fetch(&waiting, 1, __ATOMIC_RELAXED);
        if (error == 0) {
            error = fd < 0 ? replace_socket(listener, notification, type, flags, token) : sockets_join(MIRRORD_SOCKETS, (int)fd, (int)type, token);
        }
        notify_answer(listener, notification->id, error, 0);
    }
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return type < 0;
}

bool connecting_serve(const struct connecting *for_whom, const struct notification *notification, int memory, char *text) {
    struct unix_address address = {.family = 0};
    size_t length = notification->arguments[2] < sizeof address ? notification->arguments[2] : sizeof address;
    bool carried = SYS4(pread64, memory, &address, length, notification->arguments[1]) == (long)length
            && sockets_carries(for_whom->policy, for_whom->room, &address);
    return !carried || connect_for(for_whom->listener, notification, &address, text);
}
