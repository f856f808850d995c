/*
 * Asks the policy of the launcher: `u32 length, policy`, then any number of `u16 length, path`; answers each path by
 * `u8 decision, u16 length, path as it is served`. Numbers are big-endian. Made for the tests, with the C library.
 */
#include "../src/policy.h"

#include <stdio.h>
#include <string.h>

static unsigned number(int bytes) {
    unsigned value = 0;
    while (bytes-- > 0) {
        int next = getchar();
        if (next == EOF) {
            return 0xffffffff;
        }
        value = value << 8 | (unsigned)next;
    }
    return value;
}

int main(void) {
    static unsigned char bytes[POLICY_LIMIT];
    static struct policy_room room;
    static char path[PATH_LIMIT];
    static const char *const mounts[] = {"/mnt/vol", "/etc/mine", NULL};
    struct policy policy;
    size_t length = number(4);
    if (length > sizeof bytes || fread(bytes, 1, length, stdin) != length || !policy_read(&policy, bytes, length)) {
        fputs("no policy\n", stderr);
        return 1;
    }
    policy.facts = (struct container_facts){"/work/app", "/home/me", mounts};
    for (unsigned size = number(2); size < PATH_LIMIT; size = number(2)) {
        if (fread(path, 1, size, stdin) != size) {
            return 1;
        }
        path[size] = '\0';
        struct verdict verdict = policy_decide(&policy, &room, path);
        size_t served = strlen(verdict.path);
        putchar((int)verdict.decision);
        putchar((int)(served >> 8));
        putchar((int)(served & 0xff));
        fwrite(verdict.path, 1, served, stdout);
    }
    return 0;
}
