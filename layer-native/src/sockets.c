/*
 * Connections to unix sockets of the target.
 *
 * Theory of operation: feature.network.outgoing.unix_streams names paths (expressions, in the policy). When the app connects to one, the
 * sidecar is asked first, over a socket of our own: it has the agent connect in the target and answers with connect(2)'s
 * errno, or zero and a token. Only then is the app's own socket connected, to another socket of the sidecar's, and the token
 * is its first bytes; what follows is the app's. So a refusal leaves the app's descriptor as it was, and its flags and epoll
 * registrations hold. The sidecar listens below one directory:
 *
 *   ask        stream     `u8 type, u16 length, path`, answered by `u16 errno, u64 token`
 *   streams    stream     the token, then the connection's bytes
 *   packets    seqpacket  the token as a packet, then the connection's packets
 */
#include "sockets.h"

#include "text.h"

enum { SOCK_SEQPACKET_ = 5, SO_TYPE_ = 3, ANSWER = 2 + SOCKET_TOKEN, E_PROTOTYPE = 91, DIRECTORY_LIMIT = 80 };
#if defined(__x86_64__)
enum { NR_getsockopt = 55 };
#else
enum { NR_getsockopt = 209 };
#endif

bool sockets_carries(const struct policy *policy, struct expression_room *room, const struct unix_address *address) {
    size_t length = text_find(address->path, sizeof address->path, '\0');
    const unsigned char *at = policy->sockets;
    if (address->family != AF_UNIX_ || address->path[0] != '/') {
        return false;
    }
    for (size_t i = 0; i < policy->socket_count; i++) {
        const struct expression expression = expression_of(at + 2);
        if (expression_matches(&expression, room, address->path, length, NULL)) {
            return true;
        }
        at += 2 + ((size_t)at[0] << 8 | at[1]);
    }
    return false;
}

long sockets_type(int fd) {
    int type = 0;
    unsigned length = sizeof type;
    long error = SYS5(getsockopt, fd, SOL_SOCKET_, SO_TYPE_, &type, &length);
    return error < 0 ? error : type == SOCK_STREAM_ || type == SOCK_SEQPACKET_ ? type : -E_PROTOTYPE;
}

long sockets_connect(const char *directory, const char *name, int fd) {
    struct unix_address address = {.family = AF_UNIX_};
    size_t length = strlen(directory);
    if (length > DIRECTORY_LIMIT) {
        return -E_NAMETOOLONG;
    }
    memcpy(address.path, directory, length);
    memcpy(address.path + length, name, strlen(name) + 1);
    long error = sys_connect(fd, &address);
    return error == -E_NOENT || error == -E_ACCES ? -E_CONNREFUSED : error;
}

long sockets_receive(int fd, unsigned char *answer, size_t size, int64_t patience_ms) {
    int64_t end = sys_now() + patience_ms;
    size_t got = 0;
    while (got < size) {
        struct poll_entry entry = {fd, POLL_IN, 0};
        int64_t now = sys_now();
        if (now >= end) {
            return -E_TIMEDOUT;
        }
        sys_poll(&entry, 1, end - now);
        long count = entry.seen == 0 ? -E_AGAIN : SYS6(recvfrom, fd, answer + got, size - got, MSG_DONTWAIT_, 0, 0);
        if (count == 0) {
            return -E_CONNRESET; /* the sidecar died */
        }
        if (count < 0 && count != -E_AGAIN && count != -E_INTR) {
            return count;
        }
        got += count > 0 ? (size_t)count : 0;
    }
    return 0;
}

long sockets_ask(const char *directory, int type, const char *path, int64_t patience_ms, unsigned char token[SOCKET_TOKEN]) {
    unsigned char request[3 + sizeof ((struct unix_address *)0)->path];
    unsigned char answer[ANSWER];
    size_t length = strlen(path);
    request[0] = (unsigned char)type;
    request[1] = 0;
    request[2] = (unsigned char)length; /* 108 at most */
    memcpy(request + 3, path, length);
    long fd = sys_socket(AF_UNIX_, SOCK_STREAM_ | O_CLOEXEC_);
    if (fd < 0) {
        return fd;
    }
    long error = sockets_connect(directory, "ask", (int)fd);
    if (error == 0) {
        long sent = sys_send((int)fd, request, 3 + length);
        error = sent < 0 ? sent : sockets_receive((int)fd, answer, ANSWER, patience_ms);
    }
    sys_close((int)fd);
    if (error == 0) {
        error = -(long)((unsigned)answer[0] << 8 | answer[1]);
        memcpy(token, answer + 2, SOCKET_TOKEN);
    }
    return error;
}

long sockets_join(const char *directory, int fd, int type, const unsigned char token[SOCKET_TOKEN]) {
    long error = sockets_connect(directory, type == SOCK_SEQPACKET_ ? "packets" : "streams", fd);
    long sent = error < 0 ? error : sys_send(fd, token, SOCKET_TOKEN);
    return sent < 0 ? sent : 0;
}
