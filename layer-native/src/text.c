/*
 * Text without a C library.
 *
 * Theory of operation: a line for the user is put together in one buffer and written at once, so that lines of several
 * processes on one terminal stay whole. A writer must not hang for ever on a reader that has stopped reading (the launcher
 * has an app to end): each piece of at most PIPE_BUF bytes is written only after poll(2) has said that it will be taken,
 * and what is not taken within a second is dropped.
 */
#include "text.h"

enum { LINE_LIMIT = 4096, PIECE = 4096, STUCK_MS = 1000, STANDARD_ERROR = 2 };

#ifndef HOSTED
/* The compiler may call these four for plain assignments and loops. */
void *memcpy(void *restrict to, const void *restrict from, size_t length) {
    char *target = to;
    const char *source = from;
    while (length-- > 0) {
        *target++ = *source++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t length) {
    char *target = to;
    const char *source = from;
    if (target <= source) {
        return memcpy(to, from, length);
    }
    while (length-- > 0) {
        target[length] = source[length];
    }
    return to;
}

void *memset(void *to, int byte, size_t length) {
    char *target = to;
    while (length-- > 0) {
        *target++ = (char)byte;
    }
    return to;
}

int memcmp(const void *left, const void *right, size_t length) {
    const unsigned char *a = left;
    const unsigned char *b = right;
    for (size_t i = 0; i < length; i++) {
        if (a[i] != b[i]) {
            return a[i] - b[i];
        }
    }
    return 0;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    return length;
}

int strcmp(const char *left, const char *right) {
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return (unsigned char)*left - (unsigned char)*right;
}
#endif

size_t text_find(const char *text, size_t length, char byte) {
    size_t i = 0;
    while (i < length && text[i] != byte) {
        i++;
    }
    return i;
}

char *text_variable(char *const *environment, const char *name) {
    size_t length = strlen(name);
    for (; *environment != NULL; environment++) {
        if (strlen(*environment) >= length && memcmp(*environment, name, length) == 0) {
            return *environment + length;
        }
    }
    return NULL;
}

unsigned long text_number(const char *text, size_t length, const char *label, unsigned base, unsigned long otherwise) {
    size_t size = strlen(label);
    for (size_t at = 0; at + size <= length; at++) {
        if (memcmp(text + at, label, size) == 0) {
            unsigned long value = 0;
            for (at += size; at < length && text[at] >= '0' && text[at] < (char)('0' + base); at++) {
                value = value * base + (unsigned long)(text[at] - '0');
            }
            return value;
        }
    }
    return otherwise;
}

void text_unescape(char *text) {
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

struct decimal text_decimal(uint64_t value) {
    struct decimal result = {{0}};
    char reversed[24];
    size_t count = 0;
    do {
        reversed[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < count; i++) {
        result.digits[i] = reversed[count - 1 - i];
    }
    return result;
}

/* Appends what fits; the last byte stays NUL. */
static size_t append(char *to, size_t used, size_t size, const char *text) {
    size_t length = strlen(text);
    if (length > size - 1 - used) {
        length = size - 1 - used;
    }
    memcpy(to + used, text, length);
    to[used + length] = '\0';
    return used + length;
}

struct error_text text_error(long error) {
    static const struct {
        int number;
        const char *text;
    } known[] = {
        {1, "EPERM: operation not permitted"},
        {2, "ENOENT: no such file or directory"},
        {3, "ESRCH: no such process"},
        {4, "EINTR: interrupted"},
        {5, "EIO: input/output error"},
        {7, "E2BIG: arguments and environment are too long"},
        {8, "ENOEXEC: not an executable format"},
        {9, "EBADF: bad file descriptor"},
        {11, "EAGAIN: resource temporarily unavailable"},
        {12, "ENOMEM: out of memory"},
        {13, "EACCES: permission denied"},
        {16, "EBUSY: busy"},
        {20, "ENOTDIR: not a directory"},
        {21, "EISDIR: is a directory"},
        {22, "EINVAL: invalid argument"},
        {23, "ENFILE: too many open files in the system"},
        {24, "EMFILE: too many open files"},
        {26, "ETXTBSY: file is being written"},
        {28, "ENOSPC: no space left"},
        {30, "EROFS: read-only file system"},
        {32, "EPIPE: broken pipe"},
        {36, "ENAMETOOLONG: name too long"},
        {38, "ENOSYS: the kernel does not have this call"},
        {40, "ELOOP: too many symbolic links"},
        {71, "EPROTO: protocol error"},
        {80, "ELIBBAD: broken shared library"},
        {88, "ENOTSOCK: not a socket"},
        {91, "EPROTOTYPE: wrong kind of socket"},
        {97, "EAFNOSUPPORT: address family not supported"},
        {104, "ECONNRESET: connection reset"},
        {107, "ENOTCONN: not connected"},
        {110, "ETIMEDOUT: timed out"},
        {111, "ECONNREFUSED: connection refused"},
        {122, "EDQUOT: quota exceeded"},
    };
    struct error_text result = {{0}};
    int number = (int)(error < 0 ? -error : error);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].number == number) {
            append(result.text, 0, sizeof result.text, known[i].text);
            return result;
        }
    }
    struct decimal decimal = text_decimal((uint64_t)number);
    append(result.text, append(result.text, 0, sizeof result.text, "errno "), sizeof result.text, decimal.digits);
    return result;
}

struct signal_name text_signal(int signal) {
    static const char *const names[] = {
        "",      "HUP",  "INT",  "QUIT", "ILL",  "TRAP", "ABRT",   "BUS",  "FPE",  "KILL", "USR1",
        "SEGV",  "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN",
        "TTOU",  "URG",  "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",  "PWR",  "SYS",
    };
    struct signal_name result = {{0}};
    if (signal > 0 && signal < (int)(sizeof names / sizeof *names)) {
        append(result.text, append(result.text, 0, sizeof result.text, "SIG"), sizeof result.text, names[signal]);
        return result;
    }
    struct decimal decimal = text_decimal((uint64_t)signal);
    append(result.text, append(result.text, 0, sizeof result.text, "signal "), sizeof result.text, decimal.digits);
    return result;
}

static void write_out(const char *bytes, size_t length) {
    while (length > 0) {
        struct poll_entry out = {STANDARD_ERROR, POLL_OUT, 0};
        long ready = sys_poll(&out, 1, STUCK_MS);
        if (ready == -E_INTR) {
            continue;
        }
        if (ready <= 0) {
            return;
        }
        long written = sys_write(STANDARD_ERROR, bytes, length > PIECE ? PIECE : length);
        if (written == -E_INTR || written == -E_AGAIN) {
            continue;
        }
        if (written <= 0) {
            return;
        }
        bytes += written;
        length -= (size_t)written;
    }
}

void say(const char *part, ...) {
    char line[LINE_LIMIT];
    size_t used = append(line, 0, sizeof line - 1, "mirrord: ");
    va_list parts;
    va_start(parts, part);
    for (const char *next = part; next != NULL; next = va_arg(parts, const char *)) {
        used = append(line, used, sizeof line - 1, next);
    }
    va_end(parts);
    line[used++] = '\n';
    write_out(line, used);
}

void say_usage(const char *usage) {
    char line[LINE_LIMIT];
    size_t used = append(line, 0, sizeof line - 1, "usage: ");
    used = append(line, used, sizeof line - 1, usage);
    line[used++] = '\n';
    write_out(line, used);
}

void say_text(const char *bytes, size_t length) {
    if (length == 0) {
        return;
    }
    write_out(bytes, length);
    if (bytes[length - 1] != '\n') {
        write_out("\n", 1);
    }
}

struct process_path process_path(uint32_t pid, const char *name) {
    struct process_path path = {"/proc/"};
    struct decimal number = text_decimal(pid);
    size_t length = strlen(number.digits);
    memcpy(path.text + 6, number.digits, length);
    memcpy(path.text + 6 + length, name, strlen(name) + 1);
    return path;
}

static void add_number(struct process_path *path, uint64_t number) {
    struct decimal digits = text_decimal(number);
    memcpy(path->text + strlen(path->text), digits.digits, strlen(digits.digits) + 1);
}

struct process_path process_descriptor(uint32_t pid, const char *directory, int fd) {
    struct process_path path = process_path(pid, directory);
    add_number(&path, (unsigned)fd);
    return path;
}

struct process_path descriptor_path(long fd) {
    struct process_path path = {"/proc/self/fd/"};
    add_number(&path, (uint64_t)fd);
    return path;
}
