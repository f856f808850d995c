/*
 * The target's volumes as mounts of this container (feature.fs.volumes).
 *
 * Theory of operation: nobody in this container may mount. The sidecar may: so the launcher lends it the container's mount
 * namespace, as a descriptor over a socket of sequenced packets (attach.c is what the sidecar does with it), and waits for one
 * packet, a byte and lines for the user. The mounts end with the namespace, which is the container's. When the sidecar's
 * process has died, what was mounted is dead; with the launcher's rejoining it is mounted anew, by a process of its own, whose
 * parent ends at once: the launcher has signals to pass on meanwhile.
 */
#include "volumes.h"

#include "text.h"

enum { SOCK_SEQPACKET_ = 5, RIGHTS = 1, ANSWER_LIMIT = 16 << 10, MOUNTED = 0 };

static long lend(int fd) {
    struct unix_address address = {AF_UNIX_, MIRRORD_SOCKETS "volumes"};
    long namespace = SYS4(openat, AT_FDCWD_, "/proc/self/ns/mnt", O_CLOEXEC_, 0);
    if (namespace < 0) {
        return namespace;
    }
    struct {
        struct control_head head;
        int fd;
        int padding;
    } rights = {{sizeof(struct control_head) + sizeof(int), SOL_SOCKET_, RIGHTS}, (int)namespace, 0};
    struct vector vector = {(void *)(uintptr_t)"", 1};
    struct message_head message = {.vectors = &vector, .vector_count = 1, .control = &rights, .control_length = sizeof rights};
    long error = sys_connect(fd, &address);
    if (error == 0) {
        error = SYS3(sendmsg, fd, &message, MSG_NOSIGNAL_);
    }
    sys_close((int)namespace);
    return error < 0 ? error : 0;
}

static bool failed(long error) {
    struct error_text text = text_error(error);
    say("the target's volumes are not mounted: the sidecar does not do it: ", text.text, NULL);
    return false;
}

int volumes_ask(void) {
    long fd = sys_socket(AF_UNIX_, SOCK_SEQPACKET_ | O_CLOEXEC_);
    long error = fd < 0 ? fd : lend((int)fd);
    if (error == 0) {
        return (int)fd;
    }
    failed(error);
    if (fd >= 0) {
        sys_close((int)fd);
    }
    return -1;
}

bool volumes_answered(int fd) {
    static char answer[ANSWER_LIMIT];
    long length = SYS6(recvfrom, fd, answer, sizeof answer, MSG_DONTWAIT_, 0, 0);
    sys_close(fd);
    if (length <= 0) {
        return failed(length == 0 ? -E_CONNRESET : length == -E_AGAIN ? -E_TIMEDOUT : length);
    }
    say_text(answer + 1, (size_t)length - 1);
    return answer[0] == MOUNTED;
}

void volumes_mount_again(void) {
    long child = sys_fork();
    if (child == 0) {
        if (sys_fork() == 0) {
            int fd = volumes_ask();
            if (fd >= 0) {
                struct poll_entry entry = {fd, POLL_IN, 0};
                sys_poll(&entry, 1, VOLUMES_MS);
                (void)volumes_answered(fd);
            }
        }
        sys_exit(0);
    }
    if (child > 0) {
        int status;
        sys_wait(child, &status, 0);
    }
}
