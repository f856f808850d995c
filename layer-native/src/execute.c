/*
 * execvpe(3) without a C library.
 *
 * Theory of operation: a name with a slash is taken as it is. Any other is tried in every directory of the *new*
 * environment's PATH (the app's PATH, not the launcher's), an empty element being the working directory. What is missing
 * is passed over, what may not be run is remembered, so that "permission denied" wins over "not found" at the end. A file
 * that the kernel does not know as executable (ENOEXEC) is a script without "#!" and is given to /bin/sh, as every shell
 * does. Without PATH the container engines' default is used.
 */
#include "execute.h"

#include "text.h"

enum { PATH_LIMIT = 4096, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
static char shell[] = "/bin/sh";

static const char *path_of(char **environment) {
    const char *path = text_variable(environment, "PATH=");
    return path == NULL ? default_path : path;
}

/* Runs a script by the shell: sh SCRIPT ARG... */
static long execute_script(char *path, char **arguments, char **environment) {
    size_t count = 0;
    while (arguments[count] != NULL) {
        count++;
    }
    char **vector = memory_reserve((count + 2) * sizeof *vector);
    if (vector == NULL) {
        return -E_NOMEM;
    }
    vector[0] = shell;
    vector[1] = path;
    for (size_t i = 1; i <= count; i++) {
        vector[i + 1] = arguments[i];
    }
    long error = sys_execve(shell, vector, environment);
    memory_release(vector, (count + 2) * sizeof *vector);
    return error;
}

static long execute_file(char *path, char **arguments, char **environment) {
    long error = sys_execve(path, arguments, environment);
    return error == -E_NOEXEC ? execute_script(path, arguments, environment) : error;
}

/* Whether the search goes on after this error (as in glibc: the file, or its file system, is not there). */
static bool absent(long error) {
    return error == -E_NOENT || error == -E_NOTDIR || error == -E_STALE || error == -E_NODEV || error == -E_TIMEDOUT;
}

/* The kernel says ENOENT for a missing program and for a missing interpreter or loader of one that is there. */
static bool lacks_loader(const char *path, long error) {
    return error == -E_NOENT && sys_access(path, ACCESS_EXISTS) == 0;
}

struct outcome {
    long error;
    bool lacks_loader;
};

static struct outcome search(char **arguments, char **environment) {
    const char *program = arguments[0];
    size_t length = strlen(program);
    struct outcome outcome = {-E_NOENT, false};
    char path[PATH_LIMIT];
    for (const char *directory = path_of(environment);; directory++) {
        size_t part = text_find(directory, strlen(directory), ':');
        if (part + length + 2 <= sizeof path) {
            memcpy(path, directory, part);
            path[part] = '/';
            memcpy(path + part + (part > 0), program, length + 1);
            long error = execute_file(path, arguments, environment);
            if (error == -E_ACCES) {
                outcome.error = error;
            } else if (!absent(error)) {
                return (struct outcome){error, false};
            } else if (lacks_loader(path, error)) {
                outcome.lacks_loader = true;
            }
        }
        directory += part;
        if (*directory == '\0') {
            return outcome;
        }
    }
}

int execute(char **arguments, char **environment) {
    char *program = arguments[0];
    size_t length = strlen(program);
    struct outcome outcome = {-E_NOENT, false};
    bool by_path = length > 0 && text_find(program, length, '/') == length;
    if (by_path) {
        outcome = search(arguments, environment);
    } else if (length > 0) {
        outcome.error = execute_file(program, arguments, environment);
        outcome.lacks_loader = lacks_loader(program, outcome.error);
    }
    struct error_text error = text_error(outcome.error);
    if (outcome.error == -E_NOENT && outcome.lacks_loader) {
        say("cannot run ", program, ": its interpreter or loader is not in this image (", error.text, ")", NULL);
    } else if (outcome.error == -E_NOENT && by_path) {
        say("cannot run ", program, ": not found in PATH (", error.text, ")", NULL);
    } else if (outcome.error == -E_2BIG) {
        say("cannot run ", program, ": ", error.text,
                " (one variable may have 128 KiB, all together a quarter of the stack limit, ulimit -s)", NULL);
    } else {
        say("cannot run ", program, ": ", error.text, NULL);
    }
    return outcome.error == -E_NOENT || outcome.error == -E_NOTDIR ? NOT_FOUND : NOT_EXECUTABLE;
}
