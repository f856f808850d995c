/*
 * hold: PID 1 of the sidecar. hold -- PROGRAM [ARGUMENT...]
 *
 * Theory of operation: the container's network namespace lives as long as its PID 1, and the app lives in that namespace.
 * So the JVM, which may crash or be killed for memory, is not PID 1: this program is. It starts the JVM in a process group
 * of its own, passes signals on, reaps every zombie, and starts the JVM again when it has died.
 *
 *   exit 0 or 125             meant so: we end with it
 *   another code, a signal    killed what is left of the JVM's group, waited 100 ms (doubled each time), started again;
 *                             a sixth death within 60 s ends us with its code
 *   SIGTERM, SIGINT to us     passed on, and nothing is started again; SIGKILL after 10 s; we end with the JVM's code
 *
 * A program that cannot be executed is a fault of the image, not a death: it exits with 125.
 *
 * MIRRORD_CONTROL in the environment may be the path of a unix socket at which the CLI listens. The program is then started
 * with a connection to it, whose number takes the path's place in the variable: the CLI's first message waits for the JVM
 * instead of the other way round. Where nobody listens (the engine does not share the CLI's sockets) the variable is empty.
 */
#include "execute.h"
#include "signals.h"
#include "text.h"

#ifndef GRACE_MS
#define GRACE_MS 10000
#endif
#ifndef BACKOFF_MS
#define BACKOFF_MS 100
#endif

enum { OWN_FAILURE = 125, RESTARTS = 5, WINDOW_MS = 60000 };

struct hold {
    struct signals signals;
    char **arguments;
    char **environment;
    long pid; /* zero when nothing runs */
    bool stopping;
    int stop_signal;
    int64_t kill_at;
    int64_t start_at;
    int64_t restarts[RESTARTS]; /* times of the last ones, oldest first; zero is never */
};

/* Connects to the socket that the variable names; the copy of the environment is the started program's. */
static void connect_control(char **environment) {
    char *value = text_variable(environment, "MIRRORD_CONTROL=");
    if (value == NULL) {
        return;
    }
    size_t size = strlen(value) + 1;
    struct unix_address address = {.family = AF_UNIX_};
    struct decimal number = {""};
    if (size <= sizeof address.path) {
        memcpy(address.path, value, size);
        long fd = sys_socket(AF_UNIX_, SOCK_STREAM_ | O_NONBLOCK_);
        if (fd >= 0 && sys_connect((int)fd, &address) == 0) {
            number = text_decimal((uint64_t)fd);
        } else if (fd >= 0) {
            sys_close((int)fd);
        }
    }
    if (strlen(number.digits) < size) {
        memcpy(value, number.digits, strlen(number.digits) + 1);
    }
}

static int start(struct hold *hold) {
    long pid = sys_fork();
    if (pid == 0) {
        sys_setpgid(0, 0);
        connect_control(hold->environment);
        signals_restore(&hold->signals);
        execute(hold->arguments, hold->environment);
        sys_exit(OWN_FAILURE);
    }
    if (pid < 0) {
        struct error_text text = text_error(pid);
        say("cannot fork: ", text.text, NULL);
        return OWN_FAILURE;
    }
    sys_setpgid(pid, pid); /* both sides do it, so that a signal to the group never comes too early */
    hold->pid = pid;
    return 0;
}

/* Notes one more restart: the number of those within the window, this one included; zero when there were too many. */
static int count_restart(struct hold *hold, int64_t now) {
    int recent = 1;
    for (int i = 0; i < RESTARTS; i++) {
        recent += hold->restarts[i] != 0 && hold->restarts[i] > now - WINDOW_MS;
    }
    if (recent > RESTARTS) {
        return 0;
    }
    memmove(hold->restarts, hold->restarts + 1, sizeof hold->restarts - sizeof *hold->restarts);
    hold->restarts[RESTARTS - 1] = now;
    return recent;
}

static void tell(int status, int number) {
    int signal = status & 0x7f;
    struct signal_name name = text_signal(signal);
    struct decimal code = text_decimal((uint64_t)exit_code_of(status));
    struct decimal restart = text_decimal((uint64_t)number);
    const char *what = signal == 0 ? " with exit code " : " by ";
    const char *which = signal == 0 ? code.digits : name.text;
    if (number == 0) {
        say("the sidecar ended", what, which, ", too often in one minute: giving up", NULL);
    } else {
        say("the sidecar ended", what, which, ", restart ", restart.digits, " of 5", NULL);
    }
}

/* The program has died. True when we end too, with the code. */
static bool ended(struct hold *hold, int status, int *code) {
    sys_kill(-hold->pid, SIGNAL_KILL);
    hold->pid = 0;
    *code = exit_code_of(status);
    if (hold->stopping || *code == 0 || *code == OWN_FAILURE) {
        return true;
    }
    int64_t now = sys_now();
    int number = count_restart(hold, now);
    tell(status, number);
    if (number == 0) {
        return true;
    }
    hold->start_at = now + ((int64_t)BACKOFF_MS << (number - 1));
    return false;
}

static bool reap(struct hold *hold, int *code) {
    int status = 0;
    long pid;
    bool over = false;
    while ((pid = sys_wait(-1, &status, WAIT_NOHANG)) > 0) {
        if (pid == hold->pid) {
            over = ended(hold, status, code);
        }
    }
    return over;
}

static void take_signals(struct hold *hold) {
    struct signal_info info;
    while (signals_next(&hold->signals, &info)) {
        if (info.signal == SIGNAL_CHLD) {
            continue;
        }
        if (hold->pid > 0) {
            sys_kill(hold->pid, (int)info.signal);
        }
        if (!hold->stopping && (info.signal == SIGNAL_TERM || info.signal == SIGNAL_INT)) {
            hold->stopping = true;
            hold->stop_signal = (int)info.signal;
            hold->kill_at = sys_now() + GRACE_MS;
        }
    }
}

static int64_t time_left(const struct hold *hold) {
    int64_t now = sys_now();
    int64_t at = hold->stopping ? hold->kill_at : hold->start_at;
    bool timed = hold->stopping || hold->pid == 0;
    return !timed ? -1 : at > now ? at - now : 0;
}

static int hold_on(struct hold *hold) {
    int code = start(hold);
    while (code == 0) {
        struct poll_entry entry = {hold->signals.fd, POLL_IN, 0};
        sys_poll(&entry, 1, time_left(hold));
        take_signals(hold);
        if (reap(hold, &code)) {
            return code;
        }
        code = 0;
        if (hold->stopping && hold->pid == 0) {
            return 128 + hold->stop_signal;
        }
        if (hold->stopping && sys_now() >= hold->kill_at) {
            sys_kill(-hold->pid, SIGNAL_KILL);
            hold->kill_at = sys_now() + GRACE_MS;
        }
        if (hold->pid == 0 && sys_now() >= hold->start_at) {
            code = start(hold);
        }
    }
    return code;
}

int program(int count, char **arguments, char **environment) {
    struct hold hold = {.environment = environment};
    if (count < 3 || strcmp(arguments[1], "--") != 0) {
        say_usage("hold -- PROGRAM [ARGUMENT...]");
        return OWN_FAILURE;
    }
    hold.arguments = arguments + 2;
    long error = signals_open(&hold.signals);
    if (error < 0) {
        struct error_text text = text_error(error);
        say("cannot wait for signals: ", text.text, NULL);
        return OWN_FAILURE;
    }
    return hold_on(&hold);
}

PROGRAM_START
