/*
 * Functions that execute a program, which may be the target's (program.c).
 *
 * Theory of operation: the kernel's execve(2) cannot be told a file below our tree by a path, so what may be there is resolved first; all
 * else is the call as it was. These functions are called between vfork(2) and exec, in memory that is the parent's: they take no
 * lock, allocate nothing from the C library, and give their room back before the program starts. The lists of execl are put on the
 * stack, as C libraries do.
 *
 * posix_spawn(3) is left to the C library, which does not come by here: it is given a path to a descriptor.
 */
#include "../program.h"
#include "../text.h"
#include "layer.h"

extern char **environ IMPORTED;
extern void *dlsym(void *handle, const char *name) IMPORTED;

#define NEXT ((void *)-1L)

static char shell[] = "/bin/sh";

/* True: something else is to be executed than the path, or nothing, because of the error. The room is given back. */
static bool is_remote(const char *path) {
    const struct policy *policy = path == NULL ? NULL : layer_policy();
    struct room *room = policy == NULL ? NULL : room_take();
    bool remote = room != NULL && program_may_be_remote(policy, &room->policy, path);
    if (room != NULL) {
        room_give(room);
    }
    return remote;
}

static long resolve(struct program *program, const char *path, char *const *arguments, char **spare) {
    struct room *room = room_take();
    long error = room == NULL ? -E_NOMEM : program_resolve(program, layer_policy(), &room->policy, layer_tree, path, arguments, spare);
    if (room != NULL) {
        room_give(room);
    }
    return error;
}

#define SPARE_FOR(arguments) __builtin_alloca((program_count(arguments) + PROGRAM_SPARE) * sizeof(char *))

static long execute(const char *path, char *const *arguments, char *const *environment) {
    struct program program;
    if (!is_remote(path)) {
        return sys_execve(path, arguments, environment);
    }
    long error = resolve(&program, path, arguments, SPARE_FOR(arguments));
    return error < 0 ? error : program_execute(&program, environment);
}

/* A file that the kernel does not know is a script of the shell's. */
static long execute_or_shell(const char *path, char *const *arguments, char *const *environment) {
    long error = execute(path, arguments, environment);
    if (error != -E_NOEXEC) {
        return error;
    }
    size_t count = program_count(arguments);
    char **script = __builtin_alloca((count + 3) * sizeof *script);
    script[0] = shell;
    script[1] = (char *)(uintptr_t)path;
    for (size_t i = 1; i < count; i++) {
        script[i + 1] = arguments[i];
    }
    script[count == 0 ? 2 : count + 1] = NULL;
    return sys_execve(shell, script, environment);
}

static const char *search_path(void) {
    static const char name[] = "PATH=";
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        if (strlen(*entry) >= sizeof name - 1 && memcmp(*entry, name, sizeof name - 1) == 0) {
            return *entry + sizeof name - 1;
        }
    }
    return "/usr/local/bin:/bin:/usr/bin";
}

static bool absent(long error) {
    return error == -E_NOENT || error == -E_NOTDIR || error == -E_STALE || error == -E_NODEV || error == -E_TIMEDOUT;
}

static long execute_named(const char *name, char *const *arguments, char *const *environment) {
    size_t length = strlen(name);
    long result = -E_NOENT;
    if (length == 0 || text_find(name, length, '/') < length) {
        return length == 0 ? -E_NOENT : execute_or_shell(name, arguments, environment);
    }
    char path[PATH_LIMIT];
    for (const char *directory = search_path();; directory++) {
        size_t part = text_find(directory, strlen(directory), ':');
        if (part + length + 2 <= sizeof path) {
            memcpy(path, directory, part);
            path[part] = '/';
            memcpy(path + part + (part > 0), name, length + 1);
            long error = execute_or_shell(path, arguments, environment);
            if (error != -E_ACCES && !absent(error)) {
                return error;
            }
            result = error == -E_ACCES ? error : result;
        }
        directory += part;
        if (*directory == '\0') {
            return result;
        }
    }
}

#define PASS(expression) return (int)layer_result(expression)

HOOK(int, execve, const char *path, char *const *arguments, char *const *environment) { PASS(execute(path, arguments, environment)); }
HOOK(int, execv, const char *path, char *const *arguments) { PASS(execute(path, arguments, environ)); }
HOOK(int, execvp, const char *name, char *const *arguments) { PASS(execute_named(name, arguments, environ)); }
HOOK(int, execvpe, const char *name, char *const *arguments, char *const *environment) {
    PASS(execute_named(name, arguments, environment));
}

/* The arguments up to the NULL, with it. */
#define LISTED(first, list) \
    size_t listed = first != NULL; \
    va_list counting; \
    va_start(counting, first); \
    while (listed > 0 && va_arg(counting, char *) != NULL) { \
        listed++; \
    } \
    va_end(counting); \
    char **arguments = __builtin_alloca((listed + 1) * sizeof *arguments); \
    arguments[0] = (char *)(uintptr_t)first; \
    va_start(list, first); \
    for (size_t i = 1; i <= listed; i++) { \
        arguments[i] = va_arg(list, char *); \
    }

HOOK(int, execl, const char *path, const char *first, ...) {
    va_list list;
    LISTED(first, list)
    va_end(list);
    PASS(execute(path, arguments, environ));
}
HOOK(int, execlp, const char *name, const char *first, ...) {
    va_list list;
    LISTED(first, list)
    va_end(list);
    PASS(execute_named(name, arguments, environ));
}
HOOK(int, execle, const char *path, const char *first, ...) {
    va_list list;
    LISTED(first, list)
    char *const *environment = va_arg(list, char *const *);
    va_end(list);
    PASS(execute(path, arguments, environment));
}

typedef int spawn(int *pid, const char *path, const void *actions, const void *attributes, char *const *arguments, char *const *environment);

/* posix_spawn's result is the errno. */
static int spawn_by(const char *function, int *pid, const char *path, const void *actions, const void *attributes, char *const *arguments,
        char *const *environment, const struct program *program) {
    spawn *own = dlsym == NULL ? NULL : (spawn *)(uintptr_t)dlsym(NEXT, function);
    struct process_path known;
    if (own == NULL) {
        return E_NOSYS;
    }
    if (program == NULL) {
        return own(pid, path, actions, attributes, arguments, environment);
    }
    if (program->fd >= 0) {
        known = descriptor_path(program->fd);
    }
    int error = own(pid, program->fd < 0 ? program->path : known.text, actions, attributes, program->arguments, environment);
    if (program->fd >= 0) {
        sys_close(program->fd);
    }
    return error;
}

static int spawn_path(const char *function, int *pid, const char *path, const void *actions, const void *attributes,
        char *const *arguments, char *const *environment) {
    struct program program;
    if (!is_remote(path)) {
        return spawn_by(function, pid, path, actions, attributes, arguments, environment, NULL);
    }
    long error = resolve(&program, path, arguments, SPARE_FOR(arguments));
    return error < 0 ? (int)-error : spawn_by(function, pid, path, actions, attributes, arguments, environment, &program);
}

HOOK(int, posix_spawn, int *pid, const char *path, const void *actions, const void *attributes, char *const *arguments,
        char *const *environment) {
    return spawn_path("posix_spawn", pid, path, actions, attributes, arguments, environment);
}

/* The first place on the search path that has it: where that is the image's, the C library finds it too. */
HOOK(int, posix_spawnp, int *pid, const char *name, const void *actions, const void *attributes, char *const *arguments,
        char *const *environment) {
    size_t length = strlen(name);
    char path[PATH_LIMIT];
    if (layer_policy() == NULL || length == 0 || text_find(name, length, '/') < length) {
        return spawn_path("posix_spawnp", pid, name, actions, attributes, arguments, environment);
    }
    for (const char *directory = search_path();; directory++) {
        size_t part = text_find(directory, strlen(directory), ':');
        if (part > 0 && part + length + 2 <= sizeof path) {
            struct program program;
            memcpy(path, directory, part);
            path[part] = '/';
            memcpy(path + part + 1, name, length + 1);
            if (is_remote(path)) {
                long error = resolve(&program, path, arguments, SPARE_FOR(arguments));
                if (error == 0 && (program.fd >= 0 || program.arguments != arguments)) {
                    return spawn_by("posix_spawn", pid, path, actions, attributes, arguments, environment, &program);
                }
            }
            if (sys_access(path, 1) == 0) {
                break;
            }
        }
        directory += part;
        if (*directory == '\0') {
            break;
        }
    }
    return spawn_by("posix_spawnp", pid, name, actions, attributes, arguments, environment, NULL);
}
