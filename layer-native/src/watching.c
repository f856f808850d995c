/*
 * Watches on files of the target, inotify(7).
 *
 * Theory of operation: the kernel knows nothing of changes in the target, so a watch on the mounted tree would never tell of
 * one. The sidecar keeps empty files that stand for those that are watched, and does to them what happens to the target's.
 * The app's inotify instance stays its own: its descriptor goes to the sidecar, which makes the watch in the app's stead and
 * answers with its number. Events, their order and their loss, removal of the watch and the end of the instance are the
 * kernel's. The sidecar listens below one directory:
 *
 *   watch      stream     `u32 mask, u16 length, path`, the first byte, of no meaning, carries the descriptor
 *                         answered by `u16 errno, u32 watch`
 */
#include "watching.h"

#include "sockets.h"
#include "text.h"

enum { RIGHTS = 1, PATIENCE_MS = 30000, HEAD = 7, ANSWER = 6 };

long watching_check(int inotify, unsigned mask) {
    /* Descriptor and mask are looked at before the path, which is wrong in any case. */
    long error = SYS3(inotify_add_watch, inotify, "", mask);
    return error == -E_NOENT ? 0 : error;
}

static long send_request(int to, int inotify, const char *path, unsigned mask) {
    size_t length = strlen(path);
    unsigned char head[HEAD] = {0, (unsigned char)(mask >> 24), (unsigned char)(mask >> 16), (unsigned char)(mask >> 8), (unsigned char)mask,
            (unsigned char)(length >> 8), (unsigned char)length};
    struct {
        struct control_head head;
        int fd;
        int padding;
    } rights = {{sizeof(struct control_head) + sizeof(int), SOL_SOCKET_, RIGHTS}, inotify, 0};
    struct vector parts[] = {{head, sizeof head}, {(void *)(uintptr_t)path, length}};
    struct message_head message = {.vectors = parts, .vector_count = 2, .control = &rights, .control_length = sizeof rights};
    /* The empty buffer of a new socket takes it whole. */
    long sent = SYS3(sendmsg, to, &message, MSG_NOSIGNAL_);
    return sent < 0 ? sent : sent == (long)(HEAD + length) ? 0 : -E_IO;
}

long watching_ask(const char *directory, int inotify, const char *path, unsigned mask) {
    unsigned char answer[ANSWER];
    long fd = sys_socket(AF_UNIX_, SOCK_STREAM_ | O_CLOEXEC_);
    if (fd < 0) {
        return fd;
    }
    long error = sockets_connect(directory, "watch", (int)fd);
    if (error == 0) {
        error = send_request((int)fd, inotify, path, mask);
    }
    if (error == 0) {
        error = sockets_receive((int)fd, answer, ANSWER, PATIENCE_MS);
    }
    sys_close((int)fd);
    if (error < 0) {
        return error == -E_BADF ? error : -E_IO;
    }
    error = -(long)((unsigned)answer[0] << 8 | answer[1]);
    return error < 0 ? error : (long)((unsigned)answer[2] << 24 | (unsigned)answer[3] << 16 | (unsigned)answer[4] << 8 | answer[5]);
}
