/* Connections to unix sockets of the target. The theory is in sockets.c. */
#ifndef MIRRORD_SOCKETS_H
#define MIRRORD_SOCKETS_H

#include "policy.h"

enum { SOCKET_TOKEN = 8 };

/* What comes with connect(2), checked: a path that is to be connected in the target. */
bool sockets_carries(const struct policy *policy, struct expression_room *room, const struct unix_address *address);

/* A socket's type when it is one that is carried, or a negative errno. */
long sockets_type(int fd);

/* Connects to a socket of the sidecar's; as connect(2), but nobody there is ECONNREFUSED. */
long sockets_connect(const char *directory, const char *name, int fd);

/* All of an answer, or a negative errno: ETIMEDOUT, ECONNRESET. */
long sockets_receive(int fd, unsigned char *answer, size_t size, int64_t patience_ms);

/* Asks the sidecar behind the directory given; zero and a token, or a negative errno as of connect(2). */
long sockets_ask(const char *directory, int type, const char *path, int64_t patience_ms, unsigned char token[SOCKET_TOKEN]);

/* Connects the app's socket to what the token stands for. */
long sockets_join(const char *directory, int fd, int type, const unsigned char token[SOCKET_TOKEN]);

#endif
