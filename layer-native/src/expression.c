/*
 * Regular expressions, compiled by the sidecar.
 *
 * Theory of operation: a program of Thompson's machine, as Pike runs it: all ways through the expression go forward one
 * byte at a time, side by side, so the time is bounded by length of text times length of program, whatever the user wrote.
 * Ways are kept in order of preference, and a way that reaches MATCH cuts off those behind it, so groups are what a
 * backtracking matcher would find. Instructions are `u8 operation, u16 x, u16 y`:
 *
 *   1 BYTE x      2 SET x (of 256 bits)      3 SPLIT x y (x is preferred)      4 JUMP x      5 SAVE x
 *   6 BEGIN       7 END                      8 WORD BOUNDARY                   9 NO WORD BOUNDARY      10 MATCH
 *
 * The program comes from the sidecar, but is checked all the same: no position leaves it, and it ends with MATCH.
 */
#include "expression.h"

#include "text.h"

enum { OP_BYTE = 1, OP_SET, OP_SPLIT, OP_JUMP, OP_SAVE, OP_BEGIN, OP_END, OP_BOUNDARY, OP_NO_BOUNDARY, OP_MATCH };
enum { INSTRUCTION = 5, SET = 32, NONE = 0xffff };

static unsigned u16_at(const unsigned char *bytes) { return (unsigned)bytes[0] << 8 | bytes[1]; }

struct instruction {
    unsigned operation;
    unsigned x;
    unsigned y;
};

static struct instruction instruction_at(const struct expression *expression, size_t at) {
    const unsigned char *bytes = expression->instructions + at * INSTRUCTION;
    return (struct instruction){bytes[0], u16_at(bytes + 1), u16_at(bytes + 3)};
}

static bool sound(const struct expression *expression, size_t at, size_t sets) {
    struct instruction i = instruction_at(expression, at);
    bool last = at + 1 == expression->count;
    switch (i.operation) {
        case OP_BYTE:
            return i.x < 256 && !last;
        case OP_SET:
            return i.x < sets && !last;
        case OP_SPLIT:
            return i.x < expression->count && i.y < expression->count;
        case OP_JUMP:
            return i.x < expression->count;
        case OP_SAVE:
            return i.x < EXPRESSION_SLOTS && !last;
        case OP_BEGIN:
        case OP_END:
        case OP_BOUNDARY:
        case OP_NO_BOUNDARY:
            return !last;
        case OP_MATCH:
            return true;
    }
    return false;
}

bool expression_read(struct expression *expression, const unsigned char *bytes, size_t length) {
    if (length < 4) {
        return false;
    }
    size_t count = u16_at(bytes);
    if (count == 0 || count > EXPRESSION_LIMIT || length < 4 + count * INSTRUCTION) {
        return false;
    }
    size_t sets = u16_at(bytes + 2 + count * INSTRUCTION);
    if (length != 4 + count * INSTRUCTION + sets * SET) {
        return false;
    }
    *expression = (struct expression){bytes + 2, count, bytes + 4 + count * INSTRUCTION};
    for (size_t at = 0; at < count; at++) {
        if (!sound(expression, at, sets)) {
            return false;
        }
    }
    return true;
}

struct expression expression_of(const unsigned char *bytes) {
    size_t count = u16_at(bytes);
    return (struct expression){bytes + 2, count, bytes + 4 + count * INSTRUCTION};
}

struct run {
    const struct expression *expression;
    struct expression_room *room;
    const unsigned char *text;
    size_t length;
    bool groups;
};

static bool is_word(unsigned char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool at_boundary(const struct run *run, size_t position) {
    bool before = position > 0 && is_word(run->text[position - 1]);
    bool after = position < run->length && is_word(run->text[position]);
    return before != after;
}

static bool holds(const struct run *run, unsigned operation, size_t position) {
    switch (operation) {
        case OP_BEGIN:
            return position == 0;
        case OP_END:
            return position == run->length;
        case OP_BOUNDARY:
            return at_boundary(run, position);
        default:
            return !at_boundary(run, position);
    }
}

/* Adds a way and all that it reaches without a byte. The stack holds what is still to be tried, and slots to be put back. */
static size_t follow(const struct run *run, int list, size_t count, size_t at, size_t position, uint16_t *slots) {
    enum { PUT_BACK = NONE };
    struct expression_room *room = run->room;
    size_t depth = 0;
    room->stack[depth].at = (uint16_t)at;
    room->stack[depth++].slot = NONE;
    while (depth > 0) {
        depth--;
        if (room->stack[depth].slot != NONE) {
            slots[room->stack[depth].slot] = room->stack[depth].value;
            continue;
        }
        for (size_t next = room->stack[depth].at; room->marks[next] != room->mark;) {
            room->marks[next] = room->mark;
            struct instruction i = instruction_at(run->expression, next);
            if (i.operation == OP_JUMP) {
                next = i.x;
            } else if (i.operation == OP_SPLIT) {
                room->stack[depth].at = (uint16_t)i.y;
                room->stack[depth++].slot = NONE;
                next = i.x;
            } else if (i.operation == OP_SAVE) {
                if (run->groups) {
                    room->stack[depth].slot = (uint16_t)i.x;
                    room->stack[depth++].value = slots[i.x];
                    slots[i.x] = (uint16_t)position;
                }
                next++;
            } else if (i.operation >= OP_BEGIN && i.operation <= OP_NO_BOUNDARY) {
                if (!holds(run, i.operation, position)) {
                    break;
                }
                next++;
            } else {
                room->list[list][count] = (uint16_t)next;
                if (run->groups) {
                    memcpy(room->slots[list][count], slots, EXPRESSION_SLOTS * sizeof *slots);
                }
                count++;
                break;
            }
        }
    }
    return count;
}

static void next_mark(struct expression_room *room) {
    if (++room->mark == 0) {
        memset(room->marks, 0, sizeof room->marks);
        room->mark = 1;
    }
}

static bool takes(const struct expression *expression, struct instruction i, unsigned char byte) {
    if (i.operation == OP_BYTE) {
        return i.x == byte;
    }
    return i.operation == OP_SET && (expression->sets[i.x * SET + byte / 8] >> (byte % 8) & 1) != 0;
}

bool expression_matches(const struct expression *expression, struct expression_room *room, const char *text, size_t length,
        uint16_t *slots) {
    struct run run = {expression, room, (const unsigned char *)text, length, slots != NULL};
    uint16_t own[EXPRESSION_SLOTS];
    bool matched = false;
    size_t count = 0;
    int list = 0;
    next_mark(room);
    for (size_t position = 0; position <= length; position++) {
        if (!matched) {
            memset(own, 0xff, sizeof own);
            count = follow(&run, list, count, 0, position, own);
        }
        if (count == 0) {
            if (matched) {
                break;
            }
            next_mark(room);
            continue;
        }
        size_t new_count = 0;
        next_mark(room);
        for (size_t each = 0; each < count; each++) {
            size_t at = room->list[list][each];
            struct instruction i = instruction_at(expression, at);
            if (i.operation == OP_MATCH) {
                if (!run.groups) {
                    return true;
                }
                memcpy(slots, room->slots[list][each], sizeof own);
                matched = true;
                break;
            }
            if (position < length && takes(expression, i, run.text[position])) {
                if (run.groups) {
                    memcpy(own, room->slots[list][each], sizeof own);
                }
                new_count = follow(&run, 1 - list, new_count, at + 1, position + 1, own);
            }
        }
        count = new_count;
        list = 1 - list;
    }
    return matched;
}
