/* Regular expressions, compiled by the sidecar. The theory is in expression.c. */
#ifndef MIRRORD_EXPRESSION_H
#define MIRRORD_EXPRESSION_H

#include "sys.h"

enum { EXPRESSION_LIMIT = 2048, EXPRESSION_GROUPS = 10, EXPRESSION_SLOTS = 2 * EXPRESSION_GROUPS };

struct expression {
    const unsigned char *instructions; /* five bytes each */
    size_t count;
    const unsigned char *sets; /* 32 bytes each */
};

/* What a match needs besides the stack; one for each thread. */
struct expression_room {
    uint32_t mark;
    uint32_t marks[EXPRESSION_LIMIT];
    uint16_t list[2][EXPRESSION_LIMIT];
    uint16_t slots[2][EXPRESSION_LIMIT][EXPRESSION_SLOTS];
    struct {
        uint16_t at;
        uint16_t slot;
        uint16_t value;
    } stack[2 * EXPRESSION_LIMIT];
};

/* Reads `u16 instructions, …, u16 sets, …`; false for what cannot be run safely. Takes exactly `length` bytes. */
bool expression_read(struct expression *expression, const unsigned char *bytes, size_t length);

/* The same for what has been read before: without checks. */
struct expression expression_of(const unsigned char *bytes);

/* The leftmost match. Slots may be NULL: then only whether there is one; else pairs of positions, 0xffff for none. */
bool expression_matches(const struct expression *expression, struct expression_room *room, const char *text, size_t length,
        uint16_t *slots);

#endif
