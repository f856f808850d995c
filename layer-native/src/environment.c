/*
 * The app's environment: the container's own one, changed by what the sidecar says.
 *
 * Theory of operation: a CONTEXT is a row of entries `u8 op, u32 length, bytes` (docs/protocol.md, section 2). They are
 * checked and counted first, so that nothing is built from a broken message; then each is copied with a NUL behind it (the
 * five bytes of its head pay for that) and applied in order, so the last one wins. Bytes are only bytes: values may have
 * line ends, "=", and any encoding. Order of variables is kept, new ones come last. A name that stands twice in the
 * container's environment is one variable: setting or unsetting it leaves one or none.
 */
#include "environment.h"

#include "text.h"

enum { ENTRY_HEAD = 5, ENTRY_LIMIT = 65536 };
enum { OP_SET = 1, OP_UNSET = 2, OP_SET_IF_ABSENT = 3 };

struct entry {
    unsigned op;
    const char *bytes;
    size_t length;
    size_t name_length;
};

/* Reads one entry; false when the message is broken. */
static bool entry_next(const unsigned char **at, const unsigned char *end, struct entry *entry) {
    if (end - *at < ENTRY_HEAD) {
        return false;
    }
    const unsigned char *head = *at;
    size_t length = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
    *at += ENTRY_HEAD;
    if ((size_t)(end - *at) < length) {
        return false;
    }
    entry->op = head[0];
    entry->bytes = (const char *)*at;
    entry->length = length;
    entry->name_length = text_find(entry->bytes, length, '=');
    *at += length;
    return true;
}

static const char *entry_problem(const struct entry *entry) {
    if (entry->op != OP_SET && entry->op != OP_UNSET && entry->op != OP_SET_IF_ABSENT) {
        return "an operation on variables that this launcher does not know";
    }
    if (entry->name_length == 0) {
        return "a variable without a name";
    }
    if (text_find(entry->bytes, entry->length, '\0') < entry->length) {
        return "a variable with a NUL byte";
    }
    if ((entry->op == OP_UNSET) != (entry->name_length == entry->length)) {
        return entry->op == OP_UNSET ? "a name with \"=\"" : "a variable without \"=\"";
    }
    return NULL;
}

static const char *check(const unsigned char *context, size_t length, size_t *count) {
    const unsigned char *at = context;
    struct entry entry;
    for (*count = 0; at < context + length; ++*count) {
        if (!entry_next(&at, context + length, &entry)) {
            return "a truncated list of variables";
        }
        const char *problem = entry_problem(&entry);
        if (problem != NULL) {
            return problem;
        }
        if (*count == ENTRY_LIMIT) {
            return "more than 65536 variables";
        }
    }
    return NULL;
}

/* Where the name is, from a position on; the count when it is not there. */
static size_t position(char **entries, size_t count, size_t from, const char *name, size_t length) {
    for (size_t i = from; i < count; i++) {
        const char *other = entries[i];
        size_t same = 0;
        while (same < length && other[same] == name[same]) {
            same++;
        }
        if (same == length && other[same] == '=') {
            return i;
        }
    }
    return count;
}

/* Removes every later occurrence of the name; the new count. */
static size_t remove_from(char **entries, size_t count, size_t from, const char *name, size_t length) {
    size_t at = from;
    while ((at = position(entries, count, at, name, length)) < count) {
        memmove(entries + at, entries + at + 1, (count - at - 1) * sizeof *entries);
        count--;
    }
    return count;
}

static size_t apply(char **entries, size_t count, const struct entry *entry, char *copy) {
    size_t at = entry->op == OP_UNSET ? 0 : position(entries, count, 0, copy, entry->name_length);
    if (entry->op == OP_UNSET) {
        return remove_from(entries, count, 0, copy, entry->name_length);
    }
    if (at == count) {
        entries[count] = copy;
        return count + 1;
    }
    if (entry->op == OP_SET) {
        entries[at] = copy;
        return remove_from(entries, count, at + 1, copy, entry->name_length);
    }
    return count;
}

struct environment environment_of(char **own, const unsigned char *context, size_t length) {
    size_t changes = 0;
    size_t count = 0;
    const char *problem = check(context, length, &changes);
    if (problem != NULL) {
        return (struct environment){NULL, problem};
    }
    while (own[count] != NULL) {
        count++;
    }
    char **entries = memory_reserve((count + changes + 1) * sizeof *entries);
    char *copies = memory_reserve(length + 1);
    if (entries == NULL || copies == NULL) {
        return (struct environment){NULL, "more than memory can hold"};
    }
    memcpy(entries, own, count * sizeof *entries);
    const unsigned char *at = context;
    struct entry entry;
    while (at < context + length && entry_next(&at, context + length, &entry)) {
        memcpy(copies, entry.bytes, entry.length);
        copies[entry.length] = '\0';
        count = apply(entries, count, &entry, copies);
        copies += entry.length + 1;
    }
    entries[count] = NULL;
    return (struct environment){entries, NULL};
}
