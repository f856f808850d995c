// The least that a proxy in user space can do: one thread, one epoll set, each piece that is read is written on at once.
//
//     proxy PORT ADDRESS PORT [SPIN]
//
// It takes connections on the first port and opens one of its own to the other address for each. There are no limits, no
// back pressure, no half-closes: it is there to be measured against. With SPIN it never sleeps, which shows what being
// woken costs.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 65536, PIECE = 64 * 1024, EVENTS = 64 };

// By descriptor: where what it says goes to.
static int other_side[MOST_DESCRIPTORS];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static struct sockaddr_in address(const char *host, const char *port) {
    struct sockaddr_in result = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
    if (inet_pton(AF_INET, host, &result.sin_addr) != 1) {
        fail(host);
    }
    return result;
}

static void watch(int epoll, int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (fd >= MOST_DESCRIPTORS || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        fail("epoll_ctl");
    }
}

static void take(int epoll, int listener, const struct sockaddr_in *target) {
    int client = accept(listener, NULL, NULL);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0 || server < 0) {
        fail("accept");
    }
    if (connect(server, (const struct sockaddr *)target, sizeof *target) != 0) {
        fail("connect");
    }
    other_side[client] = server;
    other_side[server] = client;
    watch(epoll, client);
    watch(epoll, server);
}

static void pass(int from) {
    static char piece[PIECE];
    ssize_t length = read(from, piece, sizeof piece);
    int to = other_side[from];
    if (length > 0 && write(to, piece, (size_t)length) == length) {
        return;
    }
    if (length < 0 && errno == EAGAIN) {
        return;
    }
    // Events of the other one that are already fetched find a closed descriptor, and end here too.
    close(from);
    close(to);
}

int main(int count, char **words) {
    if (count < 4) {
        fprintf(stderr, "say: proxy PORT ADDRESS PORT [SPIN]\n");
        return 2;
    }
    struct sockaddr_in own = address("0.0.0.0", words[1]);
    struct sockaddr_in target = address(words[2], words[3]);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&own, sizeof own) != 0 || listen(listener, 1024) != 0) {
        fail("listen");
    }
    int epoll = epoll_create1(0);
    watch(epoll, listener);
    while (1) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, count > 4 ? 0 : -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener) {
                take(epoll, listener, &target);
            } else {
                pass(events[i].data.fd);
            }
        }
    }
}
