/*
 * The target's files for a program that is about to be started.
 *
 * Theory of operation: the sidecar's FILES message has brought the policy and the tree. The app's process installs the
 * filter just before it executes the app and sends the listener to the launcher over a socket pair; an end of file there
 * means that it could not, which it has said by itself. The launcher adds to the policy what only the container knows: its
 * working directory, its home, and what the user mounted, which stays local whatever the target has at the same place.
 */
#include "files.h"

#include "supervisor.h"
#include "text.h"

enum { RIGHTS = 1, MOUNT_LIMIT = 64, MOUNTINFO_LIMIT = 64 << 10 };

static struct policy policy;
static char working_directory[PATH_LIMIT];
static char mountinfo[MOUNTINFO_LIMIT];
static const char *mounts[MOUNT_LIMIT + 1];

void files_take(struct files *files, struct sidecar *sidecar) {
    struct message *message = &sidecar->message;
    files->policy = message->payload;
    files->length = message->length - 1; /* the last byte only carried the descriptor */
    files->root = sidecar->descriptor;
    message->payload = NULL;
    sidecar->descriptor = -1;
    if (files->root < 0 || !policy_read(&policy, files->policy, files->length)) {
        say("the sidecar's rules for files are not understood: files are the image's own (launcher and sidecar of different versions?)",
                NULL);
        files->root = -1;
    }
}

void files_prepare(struct files *files) {
    files->ends[0] = files->ends[1] = -1;
    if (files->root >= 0) {
        long error = SYS4(socketpair, AF_UNIX_, SOCK_STREAM_ | O_CLOEXEC_, 0, files->ends);
        if (error < 0) {
            struct error_text text = text_error(error);
            say("files are the image's own: no socket pair: ", text.text, NULL);
            files->root = -1;
        }
    }
}

struct rights {
    struct control_head head;
    int fd;
    int padding;
};

static void refused(long error) {
    struct error_text text = text_error(error);
    const char *why = error == -E_BUSY ? " (this process is supervised by another program already)"
            : error == -E_NOSYS || error == -E_INVAL || error == -E_PERM
            ? " (the engine's seccomp profile or the kernel has no user notification)" : "";
    say("files are the image's own, not the target's: the app cannot be supervised: seccomp: ", text.text, why,
            "; feature.fs \"local\" asks for nothing else", NULL);
}

void files_enter(struct files *files) {
    if (files->root < 0) {
        return;
    }
    sys_close(files->ends[0]);
    long listener = supervisor_install();
    if (listener < 0) {
        refused(listener);
    } else {
        struct vector vector = {(void *)(uintptr_t)"", 1};
        struct rights rights = {{sizeof(struct control_head) + sizeof(int), SOL_SOCKET_, RIGHTS}, (int)listener, 0};
        struct message_head message = {.vectors = &vector, .vector_count = 1, .control = &rights, .control_length = sizeof rights};
        (void)SYS3(sendmsg, files->ends[1], &message, MSG_NOSIGNAL_);
        sys_close((int)listener);
    }
    sys_close(files->ends[1]);
}

static int receive_listener(int from) {
    char byte;
    struct vector vector = {&byte, 1};
    struct rights rights = {{0, 0, 0}, -1, 0};
    struct message_head message = {.vectors = &vector, .vector_count = 1, .control = &rights, .control_length = sizeof rights};
    enum { CLOSE_ON_EXEC = 0x40000000 };
    long count;
    do {
        count = SYS3(recvmsg, from, &message, CLOSE_ON_EXEC);
    } while (count == -E_INTR);
    return count > 0 && rights.head.type == RIGHTS ? rights.fd : -1;
}

static bool starts_with(const char *text, const char *start) { return memcmp(text, start, strlen(start)) == 0; }

/* What the engine puts into every container, and the root. */
static bool is_engines(const char *mount) {
    static const char *const trees[] = {"/proc", "/sys", "/dev", "/.mirrord", "/etc/resolv.conf", "/etc/hostname", "/etc/hosts"};
    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        size_t length = strlen(trees[i]);
        if (strlen(mount) >= length && starts_with(mount, trees[i]) && (mount[length] == '\0' || mount[length] == '/')) {
            return true;
        }
    }
    return mount[0] != '/' || mount[1] == '\0';
}

/* Octal escapes of proc(5): the text becomes shorter in its place. */
static void unescape(char *text) {
    char *to = text;
    for (; *text != '\0'; text++) {
        if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] != '\0' && text[3] != '\0') {
            *to++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
            text += 3;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

/* The fifth field of every line of mountinfo. */
static void find_mounts(void) {
    size_t length = 0;
    size_t count = 0;
    long fd = SYS4(openat, AT_FDCWD_, "/proc/self/mountinfo", O_CLOEXEC_, 0);
    for (long got = 1; fd >= 0 && got > 0 && length < sizeof mountinfo - 1;) {
        got = sys_read((int)fd, mountinfo + length, sizeof mountinfo - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0) {
        sys_close((int)fd);
    }
    for (size_t line = 0; line < length && count < MOUNT_LIMIT;) {
        size_t end = line + text_find(mountinfo + line, length - line, '\n');
        size_t at = line;
        for (int field = 0; field < 4 && at < end; field++) {
            at += text_find(mountinfo + at, end - at, ' ') + 1;
        }
        if (at < end) {
            mountinfo[at + text_find(mountinfo + at, end - at, ' ')] = '\0';
            unescape(mountinfo + at);
            if (!is_engines(mountinfo + at)) {
                mounts[count++] = mountinfo + at;
            }
        }
        line = end + 1;
    }
    mounts[count] = NULL;
}

static const char *home_of(char **environment) {
    for (; *environment != NULL; environment++) {
        if (strlen(*environment) >= 5 && starts_with(*environment, "HOME=")) {
            return *environment + 5;
        }
    }
    return "";
}

void files_serve(struct files *files, char **environment) {
    if (files->root < 0) {
        return;
    }
    sys_close(files->ends[1]);
    long length = SYS2(getcwd, working_directory, sizeof working_directory);
    find_mounts();
    policy.facts = (struct container_facts){length > 0 ? working_directory : "", home_of(environment), mounts};
    int listener = receive_listener(files->ends[0]);
    sys_close(files->ends[0]);
    if (listener >= 0) {
        long error = supervisor_start(listener, &policy, files->root);
        if (error < 0) {
            struct error_text text = text_error(error);
            say("cannot serve the target's files: no thread: ", text.text, NULL);
            sys_close(listener); /* the app's calls fail with ENOSYS */
        }
    }
}
