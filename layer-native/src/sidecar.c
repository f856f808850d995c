/*
 * The launcher's side of the protocol in docs/protocol.md, section 2.
 *
 * Theory of operation: the socket never blocks; the callers poll it together with their signals. A message is collected in
 * two steps, its five-byte head and then its payload in memory of just that length, so a message may arrive in any pieces.
 * Descriptors come with the last bytes of a FILES message, in their ancillary data; sent and read by nobody else.
 * A length that no honest sidecar sends, and a type that this launcher does not know, are garbage and said by name.
 */
#include "sidecar.h"

#include "text.h"

#ifndef MIRRORD_SOCKET
#define MIRRORD_SOCKET "/.mirrord/sock"
#endif

enum { CONTEXT_LIMIT = 8 << 20, TEXT_LIMIT = 64 << 10, FILES_LIMIT = 512 << 10, PROGRAM_LIMIT = 1024 };
enum { RIGHTS = 1, CLOSE_ON_EXEC = 0x40000000 };

const char sidecar_path[] = MIRRORD_SOCKET;

bool sidecar_may_come(long error) {
    return error == -E_NOENT || error == -E_CONNREFUSED || error == -E_AGAIN || error == -E_PIPE || error == -E_CONNRESET;
}

static long greet(int fd, enum role role, const char *program) {
    unsigned char hello[11 + PROGRAM_LIMIT] = {'M', 'R', 'D', '1'};
    size_t length = strlen(program);
    uint32_t pid = (uint32_t)sys_getpid();
    if (length > PROGRAM_LIMIT) {
        length = PROGRAM_LIMIT;
    }
    hello[4] = (unsigned char)role;
    for (int i = 0; i < 4; i++) {
        hello[5 + i] = (unsigned char)(pid >> (24 - 8 * i));
    }
    hello[9] = (unsigned char)(length >> 8);
    hello[10] = (unsigned char)length;
    memcpy(hello + 11, program, length);
    /* The empty buffer of a new socket takes it whole. */
    long sent = sys_send(fd, hello, 11 + length);
    return sent == (long)(11 + length) ? 0 : sent < 0 ? sent : -E_PIPE;
}

long sidecar_connect(struct sidecar *sidecar, enum role role, const char *program) {
    struct unix_address address = {AF_UNIX_, MIRRORD_SOCKET};
    *sidecar = (struct sidecar){.fd = -1, .descriptors = {-1, -1}};
    long fd = sys_socket(AF_UNIX_, SOCK_STREAM_ | O_NONBLOCK_ | O_CLOEXEC_);
    if (fd < 0) {
        return fd;
    }
    long error = sys_connect((int)fd, &address);
    if (error == 0) {
        error = greet((int)fd, role, program);
    }
    if (error < 0) {
        sys_close((int)fd);
        return error;
    }
    sidecar->fd = (int)fd;
    return 0;
}

/* Reads the head's fields and reserves memory; false for what is not of this protocol. */
static bool open_message(struct sidecar *sidecar) {
    const unsigned char *head = sidecar->head;
    struct message *message = &sidecar->message;
    size_t limit = head[0] == MESSAGE_CONTEXT ? CONTEXT_LIMIT : head[0] == MESSAGE_FILES ? FILES_LIMIT : TEXT_LIMIT;
    message->length = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
    if (head[0] < MESSAGE_CONTEXT || head[0] > MESSAGE_VOLUMES) {
        struct decimal type = text_decimal(head[0]);
        say("the sidecar sent a message of unknown type ", type.digits, " (launcher and sidecar of different versions?)",
                NULL);
        return false;
    }
    if (message->length > limit || ((head[0] == MESSAGE_ABORT || head[0] == MESSAGE_FILES) && message->length == 0)) {
        struct decimal length = text_decimal(message->length);
        say("the sidecar sent a message of impossible length ", length.digits, NULL);
        return false;
    }
    message->type = (enum message_type)head[0];
    message->payload = memory_reserve(message->length + 1);
    if (message->payload == NULL) {
        struct decimal length = text_decimal(message->length);
        say("cannot hold a message of ", length.digits, " bytes: ENOMEM: out of memory", NULL);
        return false;
    }
    return true;
}

/* One more than a message can have takes the last one's place. */
static void take_descriptor(struct sidecar *sidecar, int fd) {
    int *place = &sidecar->descriptors[sidecar->descriptors[0] >= 0];
    if (*place >= 0) {
        sys_close(*place);
    }
    *place = fd;
}

static void close_descriptors(struct sidecar *sidecar) {
    for (size_t i = 0; i < 2; i++) {
        if (sidecar->descriptors[i] >= 0) {
            sys_close(sidecar->descriptors[i]);
        }
    }
}

/* As read(2). */
static long receive(struct sidecar *sidecar, void *to, size_t room) {
    struct vector vector = {to, room};
    struct {
        struct control_head head;
        int fd;
        int padding;
    } control = {{0, 0, 0}, -1, 0};
    struct message_head message = {.vectors = &vector, .vector_count = 1, .control = &control, .control_length = sizeof control};
    long count = SYS3(recvmsg, sidecar->fd, &message, CLOSE_ON_EXEC);
    if (count > 0 && message.control_length >= sizeof control.head + sizeof control.fd && control.head.type == RIGHTS) {
        take_descriptor(sidecar, control.fd);
    }
    return count;
}

enum received sidecar_receive(struct sidecar *sidecar) {
    for (;;) {
        bool in_head = sidecar->head_read < sizeof sidecar->head;
        if (!in_head && sidecar->payload_read == sidecar->message.length) {
            return RECEIVED_MESSAGE;
        }
        unsigned char *to = in_head ? sidecar->head + sidecar->head_read : sidecar->message.payload + sidecar->payload_read;
        size_t room = in_head ? sizeof sidecar->head - sidecar->head_read : sidecar->message.length - sidecar->payload_read;
        long count = receive(sidecar, to, room);
        if (count == -E_AGAIN || count == -E_INTR) {
            return RECEIVED_NOTHING;
        }
        if (count <= 0) {
            return RECEIVED_END_OF_FILE;
        }
        if (!in_head) {
            sidecar->payload_read += (size_t)count;
            continue;
        }
        sidecar->head_read += (size_t)count;
        if (sidecar->head_read == sizeof sidecar->head && !open_message(sidecar)) {
            return RECEIVED_GARBAGE;
        }
    }
}

void sidecar_forget(struct sidecar *sidecar) {
    if (sidecar->message.payload != NULL) {
        memory_release(sidecar->message.payload, sidecar->message.length + 1);
    }
    close_descriptors(sidecar);
    *sidecar = (struct sidecar){.fd = sidecar->fd, .descriptors = {-1, -1}};
}

void sidecar_close(struct sidecar *sidecar) {
    sidecar_forget(sidecar);
    if (sidecar->fd >= 0) {
        sys_close(sidecar->fd);
        sidecar->fd = -1;
    }
}
