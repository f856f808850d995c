/*
 * Programs of the target.
 *
 * Theory of operation: a program that is the target's by an explicit rule, or that the image does not have, is opened below the
 * target's tree and executed by its descriptor (execveat(2)); the kernel maps its pages from there. A script is not: the kernel
 * would give its interpreter a path to a descriptor that has been closed. Its first line is read here as the kernel
 * reads it, and the interpreter, judged in the same way, is started with the script's path, which it opens like any other
 * file of the target's. An image's own program is never displaced by the target's just because reads are the target's: the app would
 * not be what its developer has built.
 *
 * The library does this in the app's processes, the launcher for the first program. The supervisor cannot: an answer to a
 * stopped call cannot change its arguments.
 */
#include "program.h"

#include "judge.h"
#include "text.h"

enum { AT_EMPTY_PATH_ = 0x1000, RESOLVE_NO_MAGIC_LINKS = 2, RESOLVE_IN_ROOT = 0x10, MAY_EXECUTE = 1, E_LOOP = 40, TRIES = 16 };
#if defined(__x86_64__)
enum { NR_execveat = 322 };
#else
enum { NR_execveat = 281 };
#endif

struct open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

size_t program_count(char *const *arguments) {
    size_t count = 0;
    while (arguments != NULL && arguments[count] != NULL) {
        count++;
    }
    return count;
}

bool program_may_be_remote(const struct policy *policy, struct policy_room *room, const char *path) {
    const char *served = path;
    bool changeable = false;
    return path[0] == '/' && strlen(path) < PATH_LIMIT && judge(policy, room, path, false, &served, &changeable) != PLACE_LOCAL;
}

/* To be read where that is allowed: who may only execute it cannot be told a script. */
static long open_program(long root, const char *path, bool *readable) {
    enum { PATH_ONLY = 010000000 };
    struct open_how how = {O_CLOEXEC_ | O_NONBLOCK_, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGIC_LINKS};
    long fd = -E_AGAIN;
    *readable = true;
    for (int i = 0; i < TRIES && fd == -E_AGAIN; i++) {
        fd = SYS4(openat2, root, path, &how, sizeof how);
    }
    if (fd == -E_ACCES) {
        how.flags = PATH_ONLY | O_CLOEXEC_;
        *readable = false;
        fd = SYS4(openat2, root, path, &how, sizeof how);
    }
    return fd;
}

/* "#!INTERPRETER ARGUMENT": the two words, the second NULL when there is none. False when it is none. */
static bool read_script(char *line, long length, char **interpreter, char **argument) {
    if (length < 3 || line[0] != '#' || line[1] != '!') {
        return false;
    }
    size_t end = text_find(line, (size_t)length, '\n');
    if (end == PROGRAM_LINE) {
        end = PROGRAM_LINE - 1;
    }
    line[end] = '\0';
    while (end > 2 && (line[end - 1] == ' ' || line[end - 1] == '\t' || line[end - 1] == '\r')) {
        line[--end] = '\0';
    }
    char *at = line + 2;
    while (*at == ' ' || *at == '\t') {
        at++;
    }
    *interpreter = at;
    while (*at != '\0' && *at != ' ' && *at != '\t') {
        at++;
    }
    *argument = NULL;
    if (*at != '\0') {
        *at++ = '\0';
        while (*at == ' ' || *at == '\t') {
            at++;
        }
        *argument = at;
    }
    return **interpreter != '\0';
}

enum { NOT_THERE = -4096 };

/* Below the target's tree: the descriptor, a negative errno, or NOT_THERE: the image's own path is to be executed. */
static long find(enum place place, program_tree *tree, const char *asked, const char *served, bool *readable) {
    switch (place) {
        case PLACE_ABSENT:
            return -E_NOENT;
        case PLACE_LOCAL:
        case PLACE_APART:
        case PLACE_REFUSED:
            return NOT_THERE;
        case PLACE_TARGET_OR_LOCAL:
            if (sys_access(asked, ACCESS_EXISTS) == 0) {
                return NOT_THERE;
            }
            break;
        case PLACE_TARGET:
            break;
    }
    long root = tree();
    return root < 0 ? root : open_program(root, served, readable);
}

long program_resolve(struct program *program, const struct policy *policy, struct policy_room *room, program_tree *tree, const char *path,
        char *const *arguments, char **spare) {
    size_t first = 2 * PROGRAM_LEVELS;
    bool scripts = false;
    program->fd = -1;
    program->arguments = arguments;
    program->path = path;
    for (int level = 0; level < PROGRAM_LEVELS; level++) {
        const char *served = path;
        bool readable = false;
        bool changeable = false;
        enum place place = path[0] == '/' && strlen(path) < PATH_LIMIT ? judge(policy, room, path, false, &served, &changeable) : PLACE_LOCAL;
        long fd = find(place, tree, path, served, &readable);
        program->path = path;
        if (fd == NOT_THERE || (fd == -E_NOENT && place == PLACE_TARGET_OR_LOCAL)) {
            return 0;
        }
        if (fd < 0) {
            return fd == -E_NOTCONN ? -E_IO : fd;
        }
        char *interpreter;
        char *argument;
        char *line = program->lines[level];
        long length = readable ? SYS4(pread64, fd, line, PROGRAM_LINE, 0) : 0;
        if (length <= 0 || !read_script(line, length, &interpreter, &argument)) {
            program->fd = (int)fd;
            return 0;
        }
        long allowed = SYS4(faccessat2, fd, "", MAY_EXECUTE, AT_EMPTY_PATH_);
        sys_close((int)fd);
        if (allowed < 0) {
            return allowed;
        }
        if (!scripts) {
            size_t count = program_count(arguments);
            for (size_t i = 1; i < count; i++) {
                spare[first + i] = arguments[i];
            }
            spare[first + (count == 0 ? 1 : count)] = NULL;
            scripts = true;
        }
        spare[first] = (char *)(uintptr_t)path;
        if (argument != NULL) {
            spare[--first] = argument;
        }
        spare[--first] = interpreter;
        program->arguments = spare + first;
        path = interpreter;
    }
    return -E_LOOP;
}

long program_execute(const struct program *program, char *const *environment) {
    if (program->fd < 0) {
        return sys_execve(program->path, program->arguments, environment);
    }
    long error = SYS5(execveat, program->fd, "", program->arguments, environment, AT_EMPTY_PATH_);
    sys_close(program->fd);
    return error;
}
