/*
 * relay: joins standard input and output with a unix socket of the sidecar. relay NAME
 *
 * Theory of operation: two directions, input to socket and socket to output, in one poll loop; each is a small state
 * machine that waits for one thing, its source or its sink:
 *
 *              moved nothing: source is empty
 *            ┌────────────────────────────────┐
 *            ▼                                │
 *       AWAIT_SOURCE ── readable ─► move ◄─ writable ── AWAIT_SINK
 *            │                        │                     ▲
 *            │ end of file            └─ moved nothing: ────┘
 *            ▼                             sink is full
 *          DONE: the sink is told (shutdown of the socket, close of the output)
 *
 * Bytes are moved by splice(2) where one end is a pipe, as it is under `docker exec -i`: they never enter this process.
 * Where it is refused (a terminal, a file, a socket as standard stream) a buffer is used. Standard streams are never made
 * non-blocking, because the flag would belong to everybody who shares them: splice has its own flag, and a plain write to
 * a pipe after POLLOUT takes up to PIPE_BUF bytes without blocking.
 *
 * The other side's going is seen even while a direction waits for something else: POLLHUP of the socket means that nobody
 * will read what we send, POLLERR of the output that nobody reads it any more. SIGPIPE, which would say the same and kill,
 * is blocked.
 */
#include "text.h"

#ifndef MIRRORD_SOCKET_DIRECTORY
#define MIRRORD_SOCKET_DIRECTORY "/run/mirrord/"
#endif
#ifndef CONNECT_MS
#define CONNECT_MS 10000
#endif

enum { OWN_FAILURE = 125, RETRY_MS = 50, BUFFER = 256 << 10, PIPE_SIZE = 1 << 20, PIPE_ATOMIC = 4096, NAME_LIMIT = 64 };
enum state { AWAIT_SOURCE, AWAIT_SINK, DONE };

struct direction {
    int source;
    int sink;
    enum state state;
    bool spliced;
    long error; /* why it ended, zero at the end of file */
    size_t start;
    size_t end; /* buffered bytes: start to end */
    unsigned char *buffer;
};

static bool name_is_valid(const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++) {
        bool letter = name[i] >= 'a' && name[i] <= 'z';
        bool digit = name[i] >= '0' && name[i] <= '9';
        if (!letter && !digit && name[i] != '-') {
            return false;
        }
    }
    return length > 0 && length <= NAME_LIMIT;
}

static void socket_path(struct unix_address *address, const char *name) {
    static const char directory[] = MIRRORD_SOCKET_DIRECTORY;
    size_t length = strlen(name);
    *address = (struct unix_address){.family = AF_UNIX_};
    memcpy(address->path, directory, sizeof directory - 1);
    memcpy(address->path + sizeof directory - 1, name, length);
    memcpy(address->path + sizeof directory - 1 + length, ".sock", 6);
}

/* The socket, or a negative errno after ten seconds of trying. */
static long join(const struct unix_address *address) {
    int64_t give_up_at = sys_now() + CONNECT_MS;
    for (;;) {
        long fd = sys_socket(AF_UNIX_, SOCK_STREAM_ | O_NONBLOCK_ | O_CLOEXEC_);
        if (fd < 0) {
            return fd;
        }
        long error = sys_connect((int)fd, address);
        if (error == 0) {
            sys_setsockopt((int)fd, SOL_SOCKET_, SO_SNDBUF_, BUFFER);
            return fd;
        }
        sys_close((int)fd);
        bool may_come = error == -E_NOENT || error == -E_CONNREFUSED || error == -E_AGAIN;
        if (!may_come || sys_now() >= give_up_at) {
            return error;
        }
        sys_poll(NULL, 0, RETRY_MS);
    }
}

/* What is in the buffer to the sink: bytes taken, or a negative errno. */
static long write_some(const struct direction *direction) {
    const unsigned char *bytes = direction->buffer + direction->start;
    size_t length = direction->end - direction->start;
    long count = sys_send(direction->sink, bytes, length);
    if (count != -E_NOTSOCK) {
        return count;
    }
    struct poll_entry entry = {direction->sink, POLL_OUT, 0};
    if (sys_poll(&entry, 1, 0) == 0) {
        return -E_AGAIN;
    }
    return sys_write(direction->sink, bytes, length > PIPE_ATOMIC ? PIPE_ATOMIC : length);
}

static long read_some(struct direction *direction) {
    struct poll_entry entry = {direction->source, POLL_IN, 0};
    if (sys_poll(&entry, 1, 0) == 0) {
        return -E_AGAIN;
    }
    return sys_read(direction->source, direction->buffer, BUFFER);
}

static void finish(struct direction *direction, long error) {
    direction->state = DONE;
    direction->error = error;
}

/* One step with the buffer; false when the direction has to wait or is done. */
static bool copy(struct direction *direction) {
    bool full = direction->start < direction->end;
    long count = full ? write_some(direction) : read_some(direction);
    if (count == -E_INTR) {
        return true;
    }
    if (count == -E_AGAIN) {
        direction->state = full ? AWAIT_SINK : AWAIT_SOURCE;
        return false;
    }
    if (count <= 0) {
        finish(direction, count);
        return false;
    }
    if (full) {
        direction->start += (size_t)count;
    } else {
        direction->start = 0;
        direction->end = (size_t)count;
    }
    return true;
}

/* One step with splice; EAGAIN does not tell which end it means, so the other end than the last time is waited for. */
static bool splice(struct direction *direction) {
    long count = sys_splice(direction->source, direction->sink, PIPE_SIZE, SPLICE_MOVE | SPLICE_NONBLOCK);
    if (count == -E_INTR) {
        return true;
    }
    if (count == -E_INVAL) {
        direction->spliced = false;
        return true;
    }
    if (count == -E_AGAIN) {
        direction->state = direction->state == AWAIT_SOURCE ? AWAIT_SINK : AWAIT_SOURCE;
        return false;
    }
    if (count <= 0) {
        finish(direction, count);
        return false;
    }
    direction->state = AWAIT_SINK; /* if the next step moves nothing, it is most likely the source that is empty */
    return true;
}

/* Moves as much as goes now, but lets the other direction have its turn. */
static void move(struct direction *direction) {
    enum { TURN = 16 };
    for (int step = 0; step < TURN; step++) {
        if (!(direction->spliced ? splice(direction) : copy(direction))) {
            return;
        }
    }
}

static short wanted(const struct direction *direction, int fd) {
    short events = 0;
    if (direction->state == AWAIT_SOURCE && direction->source == fd) {
        events |= POLL_IN;
    }
    if (direction->state == AWAIT_SINK && direction->sink == fd) {
        events |= POLL_OUT;
    }
    return events;
}

static bool ready(const struct direction *direction, const struct poll_entry *source, const struct poll_entry *sink) {
    const short ended = POLL_HUP | POLL_ERR;
    return (direction->state == AWAIT_SOURCE && (source->seen & (POLL_IN | ended)) != 0)
            || (direction->state == AWAIT_SINK && (sink->seen & (POLL_OUT | ended)) != 0);
}

/* A failed direction takes the other with it: what still arrives would be half of a conversation. */
static int outcome(const struct direction *in, const struct direction *out) {
    long error = in->error != 0 ? in->error : out->error;
    if (error == 0 || error == -E_PIPE || error == -E_CONNRESET) {
        return 0;
    }
    struct error_text text = text_error(error);
    say("relay: ", text.text, NULL);
    return OWN_FAILURE;
}

static int relay(int socket) {
    struct direction in = {.source = 0, .sink = socket, .spliced = true, .buffer = memory_reserve(BUFFER)};
    struct direction out = {.source = socket, .sink = 1, .spliced = true, .buffer = memory_reserve(BUFFER)};
    if (in.buffer == NULL || out.buffer == NULL) {
        say("relay: ENOMEM: out of memory", NULL);
        return OWN_FAILURE;
    }
    sys_fcntl(0, F_SETPIPE_SZ_, PIPE_SIZE);
    sys_fcntl(1, F_SETPIPE_SZ_, PIPE_SIZE);
    while (in.state != DONE || out.state != DONE) {
        /* A hang-up is reported without being asked for, and for ever: who waits for the output must not see it. */
        short socket_events = (short)(wanted(&in, socket) | wanted(&out, socket));
        bool listens = socket_events != 0 || out.state == DONE;
        struct poll_entry entries[] = {
            {in.state == AWAIT_SOURCE ? 0 : -1, wanted(&in, 0), 0},
            {out.state == DONE ? -1 : 1, wanted(&out, 1), 0},
            {listens ? socket : -1, socket_events, 0}};
        sys_poll(entries, 3, -1);
        bool in_ready = ready(&in, &entries[0], &entries[2]);
        bool out_ready = ready(&out, &entries[2], &entries[1]);
        if (in_ready) {
            move(&in);
            if (in.state == DONE) {
                sys_shutdown(socket, SHUT_WR_);
            }
        }
        bool out_gone = (entries[1].seen & (POLL_ERR | POLL_HUP)) != 0;
        if (out_ready || out_gone) {
            if (out_gone) {
                finish(&out, -E_PIPE);
            } else {
                move(&out);
            }
            if (out.state == DONE) {
                sys_close(1);
                sys_shutdown(socket, SHUT_RD_);
            }
        }
        if (out.state == DONE && (entries[2].seen & (POLL_HUP | POLL_ERR)) != 0) {
            break; /* the sidecar has closed both ways and its last bytes are out: nobody reads our input */
        }
    }
    return outcome(&in, &out);
}

int program(int count, char **arguments, char **environment) {
    (void)environment;
    if (count != 2 || !name_is_valid(arguments[1])) {
        say_usage("relay NAME (lower-case letters, digits and hyphens)");
        return OWN_FAILURE;
    }
    const signal_set pipe_signal = (signal_set)1 << (SIGNAL_PIPE - 1);
    sys_signal_mask(&pipe_signal, NULL);
    struct unix_address address;
    socket_path(&address, arguments[1]);
    long socket = join(&address);
    if (socket < 0) {
        struct error_text text = text_error(socket);
        say("relay: cannot connect to ", address.path, ": ", text.text, NULL);
        return OWN_FAILURE;
    }
    return relay((int)socket);
}

PROGRAM_START
