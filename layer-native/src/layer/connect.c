/* connect(2): unix sockets of the target (sockets.c); all else is the call as it was. */
#include "../sockets.h"
#include "../text.h"
#include "layer.h"

enum { PATIENCE_MS = 130000, FAMILY = sizeof(uint16_t) };

static bool is_carried(const struct policy *policy, const struct unix_address *address) {
    struct room *room = room_take();
    bool carried = room != NULL && sockets_carries(policy, &room->policy.expression, address);
    if (room != NULL) {
        room_give(room);
    }
    return carried;
}

static long carry(const char *directory, int fd, const struct unix_address *address) {
    unsigned char token[SOCKET_TOKEN];
    char path[sizeof address->path + 1] = {0};
    memcpy(path, address->path, sizeof address->path);
    long type = sockets_type(fd);
    long error = type < 0 ? type : sockets_ask(directory, (int)type, path, PATIENCE_MS, token);
    return error < 0 ? error : sockets_join(directory, fd, (int)type, token);
}

static long connect_socket(int fd, const void *to, unsigned length) {
    const char *directory = NULL;
    const struct policy *policy = layer_sockets(&directory);
    struct unix_address address = {.family = 0};
    if (policy != NULL && to != NULL && length > FAMILY) {
        memcpy(&address, to, length < sizeof address ? length : sizeof address);
        if (address.family == AF_UNIX_ && address.path[0] == '/' && is_carried(policy, &address) && sockets_type(fd) >= 0) {
            return carry(directory, fd, &address);
        }
    }
    return SYS3(connect, fd, to, length);
}

HOOK(int, connect, int fd, const void *to, unsigned length) { return (int)layer_result(connect_socket(fd, to, length)); }
