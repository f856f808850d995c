/*
 * run: starts the user's program as part of a session. docs/protocol.md, section 2.
 *
 * Theory of operation: the program waits, with all signals turned into something to read (signals.h), until the sidecar
 * has given the environment. A signal that would end a process ends the wait at once: nothing has been started yet. Then
 * one of three things happens:
 *
 *   run PROGRAM              the socket is closed and PROGRAM takes the place of this process; with the target's files
 *                            it is a child, as below, that dies with this process.
 *   run --main -- PROGRAM    PROGRAM is a child, in its own process group, which gets the terminal. This process stays as
 *                            its parent, PID 1 as a rule: it passes on every signal, reaps every zombie, and ends with the
 *                            child's exit code. A child is needed, because after the death of the CLI nobody else could
 *                            end the app.
 *   run --main --pid1-app    PROGRAM is an init that has to be PID 1: it takes the place of this process, and a process
 *                            forked before, the watcher, stays behind in a session of its own. Its parent has already
 *                            been reaped, so PROGRAM never forked it and does not wait for it; it does not end before
 *                            PROGRAM does, so it is never a zombie.
 *
 * How parent and watcher live with the program, and end it, is in life.c. Standard streams are left open in the parent:
 * programs write to /proc/1/fd/1.
 */
#include "entry.h"
#include "environment.h"
#include "execute.h"
#include "files.h"
#include "life.h"
#include "sidecar.h"
#include "signals.h"
#include "text.h"
#include "volumes.h"

#ifndef CONNECT_MS
#define CONNECT_MS 10000
#endif

enum { OWN_FAILURE = 125, RETRY_MS = 100 };

struct order {
    enum role role;
    bool pid1_app;
    char **arguments;
};

static int usage(const char *problem) {
    say(problem, NULL);
    say_usage("run [--main [--pid1-app] --] PROGRAM [ARGUMENT...]");
    return OWN_FAILURE;
}

/* Zero, or the exit code. */
static int order_of(char **arguments, struct order *order) {
    *order = (struct order){.role = ROLE_RUN};
    char **next = arguments[0] == NULL ? arguments : arguments + 1;
    for (; *next != NULL && (*next)[0] == '-'; next++) {
        if (strcmp(*next, "--") == 0) {
            next++;
            break;
        } else if (strcmp(*next, "--main") == 0) {
            order->role = ROLE_MAIN;
        } else if (strcmp(*next, "--pid1-app") == 0) {
            order->pid1_app = true;
        } else {
            return usage("unknown option of the launcher");
        }
    }
    if (*next == NULL) {
        return usage("the launcher was given no program");
    }
    if (order->pid1_app && order->role != ROLE_MAIN) {
        return usage("--pid1-app needs --main");
    }
    order->arguments = next;
    return 0;
}

/* The exit code that a signal means for a launcher that has started nothing; zero when it goes on. */
static int signal_while_waiting(const struct signals *signals) {
    struct signal_info info;
    while (signals_next(signals, &info)) {
        int signal = (int)info.signal;
        switch (signal) {
            case SIGNAL_CHLD:
            case SIGNAL_CONT:
            case SIGNAL_URG:
            case SIGNAL_WINCH:
                break;
            case SIGNAL_TSTP:
            case SIGNAL_TTIN:
            case SIGNAL_TTOU:
                sys_kill(sys_getpid(), SIGNAL_STOP); /* no effect on PID 1, which nobody could continue */
                break;
            default:
                if (!signals_ignored(signal)) {
                    return 128 + signal;
                }
        }
    }
    return 0;
}

static int connect_failed(long error) {
    struct error_text text = text_error(error);
    say("cannot reach the sidecar at ", sidecar_path, ": ", text.text,
            error == -E_NOENT  ? " (was this container started by mirrord?)"
            : error == -E_ACCES ? " (SELinux? --security-opt label=disable for this container gives access)"
                                : "",
            NULL);
    return OWN_FAILURE;
}

/* Zero when connected, or the exit code. */
static int join(struct sidecar *sidecar, const struct order *order, const struct signals *signals) {
    int64_t give_up_at = sys_now() + CONNECT_MS;
    for (;;) {
        long error = sidecar_connect(sidecar, order->role, order->arguments[0]);
        if (error == 0) {
            return 0;
        }
        if (!sidecar_may_come(error) || sys_now() >= give_up_at) {
            return connect_failed(error);
        }
        struct poll_entry entry = {signals->fd, POLL_IN, 0};
        sys_poll(&entry, 1, RETRY_MS);
        int code = signal_while_waiting(signals);
        if (code != 0) {
            return code;
        }
    }
}

/* What the first message says: zero for CONTEXT, or the exit code. */
static int first_message(struct sidecar *sidecar) {
    struct message *message = &sidecar->message;
    switch (message->type) {
        case MESSAGE_CONTEXT:
            return 0;
        case MESSAGE_ABORT:
            say_text((char *)message->payload + 1, message->length - 1);
            return message->payload[0];
        case MESSAGE_END:
        case MESSAGE_FILES:
        case MESSAGE_VOLUMES:
            say_text((char *)message->payload, message->length);
            return OWN_FAILURE;
    }
    return OWN_FAILURE;
}

/* Zero when the sidecar has done it, or the exit code. */
static int mount_volumes(const struct signals *signals) {
    int64_t give_up_at = sys_now() + VOLUMES_MS;
    int fd = volumes_ask();
    while (fd >= 0) {
        int64_t left = give_up_at - sys_now();
        struct poll_entry entries[] = {{signals->fd, POLL_IN, 0}, {fd, POLL_IN, 0}};
        sys_poll(entries, 2, left > 0 ? left : 0);
        int code = signal_while_waiting(signals);
        if (code != 0) {
            sys_close(fd);
            return code;
        }
        if (entries[1].seen != 0 || left <= 0) {
            return volumes_answered(fd) ? 0 : OWN_FAILURE;
        }
    }
    return OWN_FAILURE;
}

/* Zero when the environment has come, or the exit code. No time limit: the agent may still be on its way. */
static int await_context(struct sidecar *sidecar, const struct signals *signals, struct files *files) {
    for (;;) {
        struct poll_entry entries[] = {{signals->fd, POLL_IN, 0}, {sidecar->fd, POLL_IN, 0}};
        sys_poll(entries, 2, -1);
        int code = signal_while_waiting(signals);
        if (code != 0) {
            return code;
        }
        switch (sidecar_receive(sidecar)) {
            case RECEIVED_NOTHING:
                break;
            case RECEIVED_MESSAGE:
                if (sidecar->message.type == MESSAGE_FILES) {
                    files_take(files, sidecar);
                    sidecar_forget(sidecar);
                    break;
                }
                if (sidecar->message.type == MESSAGE_VOLUMES) {
                    sidecar_forget(sidecar);
                    code = mount_volumes(signals);
                    if (code != 0) {
                        return code;
                    }
                    break;
                }
                return first_message(sidecar);
            case RECEIVED_END_OF_FILE:
                say("the sidecar closed the connection before it gave the environment (its log may say why)", NULL);
                return OWN_FAILURE;
            case RECEIVED_GARBAGE:
                return OWN_FAILURE;
        }
    }
}

/* Gives the terminal, if there is one and it is ours to give, to the process group of the child: as tini does. SIGTTOU is
 * blocked, so a background group may do it too. */
static void take_foreground(void) {
    int own_group = (int)sys_getpgid(0);
    sys_setpgid(0, 0);
    int group = (int)sys_getpid();
    for (int fd = 0; fd <= 2; fd++) {
        int foreground = 0;
        if (sys_ioctl(fd, IOCTL_GET_FOREGROUND, &foreground) == 0) {
            if (foreground == own_group) {
                sys_ioctl(fd, IOCTL_SET_FOREGROUND, &group);
            }
            return;
        }
    }
}

static int fork_failed(long error) {
    struct error_text text = text_error(error);
    say("cannot fork: ", text.text, NULL);
    return OWN_FAILURE;
}

static int execute_of_target(const struct order *order, const struct program *program, char **environment) {
    long failed = program_execute(program, environment);
    struct error_text text = text_error(failed);
    say("cannot run ", order->arguments[0], ", a program of the target: ", text.text,
            failed == -E_NOENT ? " (its interpreter or loader is not in this image)" : "", NULL);
    return failed == -E_NOENT ? 127 : 126;
}

static int run_as_parent(const struct order *order, char **environment, struct sidecar *sidecar,
        const struct signals *signals, struct files *files) {
    environment = files_prepare(files, false, environment);
    entry_say(files, order->arguments, environment);
    struct program program;
    bool of_target = files_program(files, &program, order->arguments, environment);
    long pid = sys_fork();
    if (pid < 0) {
        return fork_failed(pid);
    }
    if (pid == 0) {
        take_foreground();
        if (order->role == ROLE_RUN) {
            sys_prctl(PR_SET_PDEATHSIG_, (const void *)(uintptr_t)SIGNAL_KILL); /* whoever kills the launcher means the program */
        }
        files_enter(files);
        signals_restore(signals);
        return of_target ? execute_of_target(order, &program, environment) : execute(order->arguments, environment);
    }
    struct watch watch;
    if (order->role == ROLE_RUN) {
        sidecar_close(sidecar);
    }
    files_serve(files);
    watch_begin(&watch, sidecar, order->arguments[0]);
    return supervise(pid, &watch, signals);
}

/* In the watcher; does not return. */
static void become_watcher(long pid, struct sidecar *sidecar, const struct order *order, const struct signals *signals,
        struct files *files) {
    struct watch watch;
    sys_setsid();
    sys_prctl(PR_SET_NAME_, "mirrord-watch");
    sys_close(0);
    sys_close(1);
    files_serve(files);
    watch_begin(&watch, sidecar, order->arguments[0]);
    keep_watch(pid, &watch, signals);
    sys_exit(0);
}

static int run_in_place(const struct order *order, char **environment, struct sidecar *sidecar,
        const struct signals *signals, struct files *files) {
    struct program program;
    bool of_target = false;
    if (order->role == ROLE_MAIN) {
        long own = sys_getpid();
        environment = files_prepare(files, true, environment);
        entry_say(files, order->arguments, environment);
        of_target = files_program(files, &program, order->arguments, environment);
        long between = sys_fork();
        if (between == 0) {
            long watcher = sys_fork();
            if (watcher == 0) {
                become_watcher(own, sidecar, order, signals, files);
            }
            sys_exit(watcher < 0 ? (int)-watcher : 0);
        }
        int status = 0;
        if (between > 0) {
            sys_wait(between, &status, 0);
            between = -exit_code_of(status);
        }
        if (between < 0) {
            return fork_failed(between);
        }
    }
    signals_restore(signals); /* the signals of a watcher are its own; socket and signalfd are closed by execve */
    return of_target ? execute_of_target(order, &program, environment) : execute(order->arguments, environment);
}

int program(int count, char **arguments, char **environment) {
    struct order order;
    struct signals signals;
    struct sidecar sidecar;
    struct files files = {.root = -1, .changeable = -1};
    (void)count;
    int code = order_of(arguments, &order);
    if (code != 0) {
        return code;
    }
    long error = signals_open(&signals);
    if (error < 0) {
        struct error_text text = text_error(error);
        say("cannot wait for signals: ", text.text, NULL);
        return OWN_FAILURE;
    }
    code = join(&sidecar, &order, &signals);
    if (code == 0) {
        code = await_context(&sidecar, &signals, &files);
    }
    if (code != 0) {
        return code;
    }
    struct environment context = environment_of(environment, sidecar.message.payload, sidecar.message.length);
    if (context.entries == NULL) {
        say("the sidecar sent ", context.problem, NULL);
        return OWN_FAILURE;
    }
    sidecar_forget(&sidecar);
    bool parent = !order.pid1_app && (order.role == ROLE_MAIN || files.asked);
    return parent ? run_as_parent(&order, context.entries, &sidecar, &signals, &files)
                  : run_in_place(&order, context.entries, &sidecar, &signals, &files);
}

PROGRAM_START
