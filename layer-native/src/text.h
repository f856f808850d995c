/* Strings, numbers, names of errors and signals, and lines for the user. The theory is in text.c. */
#ifndef MIRRORD_TEXT_H
#define MIRRORD_TEXT_H

#include "sys.h"

#ifdef HOSTED
#include <string.h>
#else
void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);
int memcmp(const void *left, const void *right, size_t length);
size_t strlen(const char *text);
int strcmp(const char *left, const char *right);
#endif

/* The position of a byte, or the length when it is not there. */
size_t text_find(const char *text, size_t length, char byte);

/* The value of a variable, its name given with the "="; NULL when the environment has none. */
char *text_variable(char *const *environment, const char *name);

/* The number after a label that is in the text, to the base given (at most ten). */
unsigned long text_number(const char *text, size_t length, const char *label, unsigned base, unsigned long otherwise);

/* Octal escapes of proc(5) become what they stand for: the text becomes shorter in its place. */
void text_unescape(char *text);

struct decimal {
    char digits[24];
};
struct decimal text_decimal(uint64_t value);

/* "ENOENT: no such file or directory"; a number without a name is "errno 199". The argument may be negative. */
struct error_text {
    char text[80];
};
struct error_text text_error(long error);

/* "SIGTERM", "signal 40". */
struct signal_name {
    char text[24];
};
struct signal_name text_signal(int signal);

/* One line on standard error: "mirrord: " and the parts, up to a NULL. */
void say(const char *part, ...) __attribute__((sentinel));

/* One line on standard error: "usage: " and the text. */
void say_usage(const char *usage);

/* Bytes as they are, and a line end when they have none. Nothing when empty. */
void say_text(const char *bytes, size_t length);

struct process_path {
    char text[64];
};

/* A name in the process's directory of proc(5), as "/mem". */
struct process_path process_path(uint32_t pid, const char *name);

/* The same of a descriptor, in "/fd/" or "/fdinfo/". */
struct process_path process_descriptor(uint32_t pid, const char *directory, int fd);

/* "/proc/self/fd/N" */
struct process_path descriptor_path(long fd);

#endif
