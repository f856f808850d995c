/*
 * What is known of a program before it is started.
 *
 * Theory of operation: each engine has programs that it cannot serve, and that can be seen in the program's file: the library
 * does not reach a static program, nor one of Go, which asks the kernel past the C library; the supervisor's filter needs
 * no_new_privs, so set-user-ID programs and file capabilities have no effect. The command line is followed as far as it tells what
 * will run: a script's interpreter, and what a script, a shell (-c) or a program that only starts another one is given. What a
 * script starts by itself is not looked for. Reading a few pages of files that are about to be executed costs no time.
 */
#include "entry.h"

#include "text.h"

enum { PAGE = 4096, HEADER = 64, STATX_LENGTH = 256, STATX_MODE_OWNER = 1 | 2 | 8 | 16, STEPS = 8, KIND = 0170000, REGULAR = 0100000 };
enum { AT_UID = 20, AT_GID = 24, AT_MODE = 28, SET_USER = 04000, SET_GROUP = 02000, GROUP_RUNS = 010, RUNS = 0111 };
enum { SEGMENT_INTERPRETER = 3, SEGMENT_NOTE = 4, SEGMENT_SIZE = 56, NOTE_ROOM = 1024, GO_NOTE = 16, MAY_EXECUTE = 1 };
enum { CAPABILITY_VERSION = 0x20080522, SYS_ADMIN = 21, PR_GET_NO_NEW_PRIVS_ = 39, CAPABILITY_DATA = 24 };
#if defined(__x86_64__)
enum { NR_geteuid = 107, NR_getegid = 108, NR_capget = 125 };
#else
enum { NR_geteuid = 175, NR_getegid = 177, NR_capget = 90 };
#endif

/* A program's file. */
struct look {
    bool readable;
    bool is_elf;
    bool is_static;
    bool is_go;
    bool takes_user; /* set-user-ID or set-group-ID of somebody else */
    bool takes_capabilities;
    char interpreter[PAGE]; /* of a script; empty when it is none */
};

struct check {
    bool library_only;
    bool no_new_privileges;
    const char *way_out;
    char *const *environment;
    char told[PAGE];
};

static uint64_t number_at(const unsigned char *bytes, size_t size) {
    uint64_t value = 0;
    memcpy(&value, bytes, size); /* both architectures are little-endian */
    return value;
}

static const char *base_name(const char *path) {
    const char *name = path;
    for (; *path != '\0'; path++) {
        name = *path == '/' ? path + 1 : name;
    }
    return name;
}

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_program(const char *path) {
    unsigned char bytes[STATX_LENGTH];
    if (SYS5(statx, AT_FDCWD_, path, 0, STATX_MODE_OWNER, bytes) < 0 || sys_access(path, MAY_EXECUTE) < 0) {
        return false;
    }
    return (number_at(bytes + AT_MODE, 2) & KIND) == REGULAR;
}

bool entry_next(const char *name, char *const *environment, size_t *from, char *path, size_t size) {
    const char *directories = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    size_t length = strlen(name);
    if (length == 0 || length >= size) {
        return false;
    }
    if (text_find(name, length, '/') < length) {
        memcpy(path, name, length + 1);
        return (*from)++ == 0;
    }
    const char *own = text_variable(environment, "PATH=");
    if (own != NULL) {
        directories = own;
    }
    size_t all = strlen(directories);
    while (*from <= all) {
        const char *directory = directories + *from;
        size_t part = text_find(directory, all - *from, ':');
        *from += part + 1;
        if (part + length + 2 <= size) {
            memcpy(path, directory, part);
            path[part] = '/';
            memcpy(path + part + (part > 0), name, length + 1);
            return true;
        }
    }
    return false;
}

bool entry_find(const char *name, char *const *environment, char *path, size_t size) {
    for (size_t from = 0; entry_next(name, environment, &from, path, size);) {
        if (is_program(path)) {
            return true;
        }
    }
    return false;
}

/* The Go linker leaves a note of its own in every program. */
static bool has_go_note(int fd, uint64_t at, uint64_t size) {
    static const unsigned char name[] = {4, 0, 0, 0};
    unsigned char bytes[NOTE_ROOM];
    long length = SYS4(pread64, fd, bytes, size < sizeof bytes ? size : sizeof bytes, at);
    for (long i = 0; i + GO_NOTE <= length; i += 4) {
        if (memcmp(bytes + i, name, sizeof name) == 0 && number_at(bytes + i + 8, 4) == 4 && memcmp(bytes + i + 12, "Go\0", 4) == 0) {
            return true;
        }
    }
    return false;
}

static void look_at_program(struct look *look, int fd, const unsigned char *page, long length) {
    uint64_t headers = number_at(page + 32, 8);
    uint64_t count = number_at(page + 56, 2);
    look->is_elf = true;
    look->is_static = true;
    for (uint64_t i = 0; i < count && headers + (i + 1) * SEGMENT_SIZE <= (uint64_t)length; i++) {
        const unsigned char *segment = page + headers + i * SEGMENT_SIZE;
        uint64_t type = number_at(segment, 4);
        if (type == SEGMENT_INTERPRETER) {
            look->is_static = false;
        } else if (type == SEGMENT_NOTE && has_go_note(fd, number_at(segment + 8, 8), number_at(segment + 32, 8))) {
            look->is_go = true;
        }
    }
}

/* "#!/usr/bin/env sh": the first word. */
static void look_at_script(struct look *look, const unsigned char *page, long length) {
    long at = 2;
    size_t used = 0;
    while (at < length && (page[at] == ' ' || page[at] == '\t')) {
        at++;
    }
    for (; at < length && page[at] != ' ' && page[at] != '\t' && page[at] != '\n' && page[at] != '\0'; at++) {
        look->interpreter[used++] = (char)page[at];
    }
    look->interpreter[at < length ? used : 0] = '\0';
}

static void look_at_rights(struct look *look, const char *path) {
    unsigned char bytes[STATX_LENGTH];
    unsigned char capabilities[CAPABILITY_DATA];
    if (SYS5(statx, AT_FDCWD_, path, 0, STATX_MODE_OWNER, bytes) < 0) {
        return;
    }
    unsigned mode = (unsigned)number_at(bytes + AT_MODE, 2);
    bool other_user = number_at(bytes + AT_UID, 4) != (uint64_t)SYS0(geteuid);
    bool other_group = number_at(bytes + AT_GID, 4) != (uint64_t)SYS0(getegid);
    look->takes_user = ((mode & SET_USER) != 0 && other_user)
            || ((mode & (SET_GROUP | GROUP_RUNS)) == (SET_GROUP | GROUP_RUNS) && other_group);
    look->takes_capabilities = SYS0(geteuid) != 0 && SYS4(getxattr, path, "security.capability", capabilities, sizeof capabilities) > 0;
}

static void look_at(struct look *look, const char *path) {
    unsigned char page[PAGE];
    look->readable = look->is_elf = look->is_static = look->is_go = false;
    look->interpreter[0] = '\0';
    look_at_rights(look, path);
    long fd = SYS4(openat, AT_FDCWD_, path, O_CLOEXEC_ | O_NONBLOCK_, 0);
    long length = fd < 0 ? fd : sys_read((int)fd, page, sizeof page);
    if (length >= HEADER && memcmp(page, "\177ELF\2\1", 6) == 0) {
        look_at_program(look, (int)fd, page, length);
    } else if (length >= 2 && memcmp(page, "#!", 2) == 0) {
        look_at_script(look, page, length);
    }
    look->readable = length >= 0;
    if (fd >= 0) {
        sys_close((int)fd);
    }
}

static void judge_program(struct check *check, const char *path, const struct look *look) {
    static const char *const starters[] = {"tini", "tini-static", "dumb-init", "catatonit", "gosu", "su-exec", "init", NULL};
    if (strcmp(check->told, path) == 0) {
        return;
    }
    memcpy(check->told, path, strlen(path) + 1);
    const char *name = base_name(path);
    bool loader = strlen(name) > 3 && memcmp(name, "ld-", 3) == 0; /* names the program as its argument, and has LD_PRELOAD */
    if (check->library_only && look->is_elf && (look->is_static || look->is_go) && !loader && !is_one_of(name, starters)) {
        say(path, look->is_go ? " is a Go program" : " is a static program",
                ": the library cannot serve it, so its files are the image's own, not the target's", check->way_out, NULL);
    }
    if (check->no_new_privileges && (look->takes_user || look->takes_capabilities)) {
        say(path, look->takes_user ? " is a set-user-ID or set-group-ID program" : " has file capabilities",
                ": without effect, because the filter for the target's files needs no_new_privs"
                " (feature.fs.engine \"preload\" does without the filter)", NULL);
    }
}

/* The first word of what a shell is told by -c, behind exec. */
static void first_word(const char *text, char *to, size_t size) {
    static const char exec[] = "exec ";
    for (int i = 0; i < 2; i++) {
        while (*text == ' ') {
            text++;
        }
        if (strlen(text) >= sizeof exec - 1 && memcmp(text, exec, sizeof exec - 1) == 0) {
            text += sizeof exec - 1;
        }
    }
    size_t length = 0;
    while (text[length] != '\0' && text[length] != ' ' && text[length] != ';' && text[length] != '\n' && length + 1 < size) {
        to[length] = text[length];
        length++;
    }
    to[length] = '\0';
}

/* Room for one command line; too much for a stack. */
struct room {
    struct look look;
    struct look interpreter;
    struct check check;
    char path[PAGE];
    char word[PAGE];
};

static void follow(struct room *room, char *const *arguments) {
    static const char *const shells[] = {"sh", "bash", "dash", "ash", "zsh", NULL};
    static const char *const starters[] = {"tini", "tini-static", "dumb-init", "catatonit", "gosu", "su-exec", "setpriv", "env", "nice",
        "nohup", "timeout", "stdbuf", "exec", "sudo", "doas", "su", "init", "chroot", "unshare", NULL};
    const char *word = *arguments;
    for (int step = 0; step < STEPS && word != NULL; step++) {
        if (!entry_find(word, room->check.environment, room->path, sizeof room->path)) {
            word = step == 0 ? NULL : *++arguments;
            continue;
        }
        look_at(&room->look, room->path);
        judge_program(&room->check, room->path, &room->look);
        const char *name = base_name(room->path);
        bool script = room->look.interpreter[0] != '\0';
        if (script && is_program(room->look.interpreter)) {
            look_at(&room->interpreter, room->look.interpreter);
            judge_program(&room->check, room->look.interpreter, &room->interpreter);
        }
        if (is_one_of(name, shells) && arguments[0] != NULL && arguments[1] != NULL && strcmp(arguments[1], "-c") == 0
                && arguments[2] != NULL) {
            first_word(arguments[2], room->word, sizeof room->word);
            if (entry_find(room->word, room->check.environment, room->path, sizeof room->path)) {
                look_at(&room->look, room->path);
                judge_program(&room->check, room->path, &room->look);
            }
            return;
        }
        word = script || is_one_of(name, starters) || is_one_of(name, shells) ? *++arguments : NULL;
    }
}

static bool may_administer(void) {
    struct {
        uint32_t version;
        int pid;
    } head = {CAPABILITY_VERSION, 0};
    uint32_t sets[6] = {0};
    return SYS2(capget, &head, sets) == 0 && (sets[0] & 1U << SYS_ADMIN) != 0;
}

void entry_say(const struct files *files, char *const *arguments, char *const *environment) {
    bool library_only = files->root >= 0 && files->preloaded && !files->supervised;
    bool privileges_lost = files->supervised && !may_administer() && SYS5(prctl, PR_GET_NO_NEW_PRIVS_, 0, 0, 0, 0) == 0;
    struct room *room = library_only || privileges_lost ? memory_reserve(sizeof *room) : NULL;
    if (room == NULL) {
        return;
    }
    room->check = (struct check){.library_only = library_only,
        .no_new_privileges = privileges_lost,
        .way_out = files->engine == ENGINE_PRELOAD ? " (feature.fs.engine \"auto\" or \"supervise\" serves it)"
                                                   : " (launcher.pid1 \"launcher\" lets it be supervised)",
        .environment = environment};
    follow(room, arguments);
    memory_release(room, sizeof *room);
}
