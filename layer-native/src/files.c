/*
 * The target's files for a program that is about to be started.
 *
 * Theory of operation: the sidecar's FILES message has brought the engine, the policy and the tree. Two engines serve the app,
 * both or one of them: the library, which LD_PRELOAD loads into every process with a dynamic C library and which asks the
 * launcher for policy and tree (handout.c); and the supervisor. For the latter the app's process installs a filter just before
 * it executes the app and sends the listener to the launcher over a socket pair; an end of file there means that it could
 * not, which it has said by itself. The launcher adds to the policy what only the container knows: its working directory,
 * its home, and what the user mounted, which stays local whatever the target has at the same place.
 */
#include "files.h"

#include "entry.h"
#include "filter.h"
#include "supervisor.h"
#include "text.h"

#ifndef MIRRORD_LIBRARY
#define MIRRORD_LIBRARY "/.mirrord/liblayer.so"
#endif

enum { MAY_EXECUTE = 1, RIGHTS = 1, MOUNT_LIMIT = 64, MOUNTINFO_LIMIT = 64 << 10 };

enum { TWO_TREES = 128 };

static struct policy policy;
static char working_directory[PATH_LIMIT];
static char mountinfo[MOUNTINFO_LIMIT];
static const char *mounts[MOUNT_LIMIT + 1];

void files_take(struct files *files, struct sidecar *sidecar) {
    struct message *message = &sidecar->message;
    files->message = message->payload;
    size_t carriers = (message->payload[0] & TWO_TREES) == 0 ? 1 : 2; /* bytes that only carried a descriptor */
    files->engine = (enum engine)(message->payload[0] & ~TWO_TREES);
    files->policy = message->payload + 1;
    files->length = message->length < 1 + carriers ? 0 : message->length - 1 - carriers;
    files->root = sidecar->descriptors[0];
    files->changeable = carriers == 2 ? sidecar->descriptors[1] : files->root;
    files->asked = true;
    message->payload = NULL;
    sidecar->descriptors[0] = sidecar->descriptors[1] = -1;
    bool understood = files->engine <= ENGINE_SUPERVISE && policy_read(&policy, files->policy, files->length);
    bool lacking = (files->root < 0 || files->changeable < 0) && understood && policy_has_files(&policy);
    if (!understood || lacking) {
        say(lacking ? "the target's files may not be taken from the sidecar: files are the image's own (SELinux? setsebool"
                      " virt_sandbox_use_fusefs 1 on the engine's machine, or --security-opt label=disable for this container gives access)"
                    : "the sidecar's rules for files are not understood: files are the image's own (launcher and sidecar of different"
                      " versions?)",
                NULL);
        files->root = -1;
        files->asked = false;
    }
}

static bool starts_with(const char *text, const char *start) { return memcmp(text, start, strlen(start)) == 0; }

static bool is_variable(const char *entry, const char *name) { return strlen(entry) > strlen(name) && starts_with(entry, name); }

static char *joined(const char *one, const char *two, const char *three) {
    size_t a = strlen(one);
    size_t b = strlen(two);
    size_t c = strlen(three);
    char *text = memory_reserve(a + b + c + 1);
    if (text != NULL) {
        memcpy(text, one, a);
        memcpy(text + a, two, b);
        memcpy(text + a + b, three, c + 1);
    }
    return text;
}

/* The user's own libraries stay first: what they hook and pass on arrives at ours. NULL: no memory. */
static char **with_library(char **environment, const char *name) {
    static const char preload[] = "LD_PRELOAD=";
    static const char handout[] = HANDOUT_VARIABLE "=";
    size_t count = 0;
    const char *own = preload;
    while (environment[count] != NULL) {
        count++;
    }
    char **entries = memory_reserve((count + 3) * sizeof *entries);
    size_t used = 0;
    for (size_t i = 0; i < count && entries != NULL; i++) {
        if (is_variable(environment[i], preload)) {
            own = environment[i];
        } else if (!is_variable(environment[i], handout) && strcmp(environment[i], preload) != 0) {
            entries[used++] = environment[i];
        }
    }
    if (entries != NULL) {
        entries[used++] = joined(own, own[sizeof preload - 1] == '\0' ? "" : ":", MIRRORD_LIBRARY);
        entries[used++] = joined(handout, name, "");
        entries[used] = NULL;
    }
    return entries == NULL || entries[used - 1] == NULL || entries[used - 2] == NULL ? NULL : entries;
}

static char **prepare_library(struct files *files, char **environment) {
    long error = sys_access(MIRRORD_LIBRARY, ACCESS_EXISTS);
    if (error == 0) {
        error = handout_open(files->name);
    }
    char **entries = error < 0 ? NULL : with_library(environment, files->name);
    files->preloaded = entries != NULL;
    if (entries == NULL) {
        struct error_text text = text_error(error < 0 ? error : -E_NOMEM);
        say("the library for the target's files cannot be used: ", MIRRORD_LIBRARY, ": ", text.text, NULL);
        return environment;
    }
    files->marker = handout_random();
    return entries;
}

static void prepare_supervisor(struct files *files) {
    long error = SYS4(socketpair, AF_UNIX_, SOCK_STREAM_ | O_CLOEXEC_, 0, files->ends);
    files->supervised = error == 0;
    if (error < 0) {
        struct error_text text = text_error(error);
        say("the app cannot be supervised: no socket pair: ", text.text, NULL);
    }
}

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
            text_unescape(mountinfo + at);
            if (!is_engines(mountinfo + at)) {
                mounts[count++] = mountinfo + at;
            }
        }
        line = end + 1;
    }
    mounts[count] = NULL;
}

static const char *home_of(char **environment) {
    const char *home = text_variable(environment, "HOME=");
    return home == NULL ? "" : home;
}

static void find_facts(char **environment) {
    long length = SYS2(getcwd, working_directory, sizeof working_directory);
    find_mounts();
    policy.facts = (struct container_facts){length > 0 ? working_directory : "", home_of(environment), mounts};
}

char **files_prepare(struct files *files, bool pid1_app, char **environment) {
    files->ends[0] = files->ends[1] = -1;
    if (!files->asked) {
        return environment;
    }
    if (files->engine != ENGINE_SUPERVISE) {
        environment = prepare_library(files, environment);
    }
    if (files->engine != ENGINE_PRELOAD && !pid1_app) {
        prepare_supervisor(files);
    }
    if (files->engine != ENGINE_PRELOAD && pid1_app) {
        say("the app is PID 1 itself, so nobody can supervise it: ",
                files->preloaded ? "only programs with a dynamic C library have the target's files"
                                 : "files are the image's own, not the target's",
                " (launcher.pid1: \"launcher\" allows it)", NULL);
    }
    if (!files->preloaded && !files->supervised) {
        files->root = -1;
        files->asked = false;
    }
    find_facts(environment);
    return environment;
}

static int tree_of_program;

static long tree(void) { return tree_of_program; }

bool files_program(struct files *files, struct program *program, char *const *arguments, char *const *environment) {
    size_t count = program_count(arguments);
    struct policy_room *room = files->root < 0 ? NULL : memory_reserve(sizeof *room);
    char *path = room == NULL ? NULL : memory_reserve(PATH_LIMIT);
    char **spare = path == NULL ? NULL : memory_reserve((count + PROGRAM_SPARE) * sizeof *spare);
    if (spare == NULL) {
        return false;
    }
    memset(room, 0, sizeof *room);
    tree_of_program = files->root;
    long error = -E_NOENT;
    for (size_t from = 0; error == -E_NOENT && entry_next(arguments[0], environment, &from, path, PATH_LIMIT);) {
        error = program_resolve(program, &policy, room, tree, path, arguments, spare);
        if (error == 0 && program->fd < 0 && program->arguments == arguments) {
            error = sys_access(path, MAY_EXECUTE) == 0 ? -E_ACCES : -E_NOENT; /* the image's: found, or to be looked for further on */
        }
    }
    memory_release(room, sizeof *room);
    return error == 0;
}

struct rights {
    struct control_head head;
    int fd;
    int padding;
};

static void refused(const struct files *files, long error) {
    struct error_text text = text_error(error);
    const char *why = error == -E_BUSY ? " (this process is supervised by another program already)"
            : error == -E_NOSYS || error == -E_INVAL || error == -E_PERM
            ? " (the engine's seccomp profile or the kernel has no user notification)" : "";
    say(files->preloaded ? "only programs with a dynamic C library have the target's files: others cannot be supervised: seccomp: "
                         : "files are the image's own, not the target's: the app cannot be supervised: seccomp: ",
            text.text, why, files->preloaded ? "; feature.fs.engine \"preload\" asks for nothing else"
                                             : "; feature.fs \"local\" asks for nothing else", NULL);
}

void files_enter(struct files *files) {
    if (!files->supervised) {
        return;
    }
    sys_close(files->ends[0]);
    long listener = filter_install(files->marker, &policy);
    if (listener < 0) {
        refused(files, listener);
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

static void serve_library(const struct files *files) {
    long error = handout_serve(&policy, files->policy, files->length, files->marker, files->root, files->changeable);
    if (error < 0) {
        struct error_text text = text_error(error);
        say("the library for the target's files gets no rules: ", text.text, NULL);
    }
}

static void serve_supervised(const struct files *files) {
    sys_close(files->ends[1]);
    int listener = receive_listener(files->ends[0]);
    sys_close(files->ends[0]);
    if (listener >= 0) {
        long error = supervisor_start(listener, &policy, files->root, files->changeable);
        if (error < 0) {
            struct error_text text = text_error(error);
            say("cannot serve the target's files: no thread: ", text.text, NULL);
            sys_close(listener); /* the app's calls fail with ENOSYS */
        }
    }
}

void files_serve(struct files *files) {
    if (!files->asked) {
        return;
    }
    if (files->preloaded) {
        serve_library(files);
    }
    if (files->supervised) {
        serve_supervised(files);
    }
}

void files_replace(int root, int changeable) {
    /* A thread may be about to use the old ones: they stay open. There are two for each death of the sidecar's process. */
    int second = changeable < 0 ? root : changeable;
    supervisor_replace(root, second);
    handout_replace(root, second);
}
