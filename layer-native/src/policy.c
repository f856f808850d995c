/*
 * The rules of feature.fs, in the app's process.
 *
 * Theory of operation: the sidecar sends one ordered list of rules, the user's and the built-in ones alike, and what holds
 * when none matches (docs/protocol.md, section 2); the first that matches decides. Before that the path is rewritten by the
 * first mapping that matches, if any. The path is judged as text: double slashes, "." and ".." are taken out for the
 * judgement only, symbolic links are not followed. Java's FilePolicy is the same over the same bytes, and both are tested with
 * the same vectors. Some rules name what only the container knows: its working directory, home, and the user's mounts.
 */
#include "policy.h"

#include "text.h"

enum { VERSION = 1, HEAD = 4, RULE_HEAD = 4 };
enum {
    RULE_EXACT = 1,
    RULE_TREE = 2,
    RULE_ENDING = 3,
    RULE_EXPRESSION = 4,
    RULE_PART = 5,
    RULE_WORKING_DIRECTORY = 6,
    RULE_HOME_TREE = 7,
    RULE_HOME_HIDDEN = 8,
    RULE_MOUNT = 9
};

static size_t u16_at(const unsigned char *bytes) { return (size_t)bytes[0] << 8 | bytes[1]; }

static bool replacement_sound(const unsigned char *bytes, size_t length) {
    size_t at = 0;
    while (at < length) {
        if (bytes[at] == 1 && at + 2 <= length && bytes[at + 1] < EXPRESSION_GROUPS) {
            at += 2;
        } else if (bytes[at] == 0 && at + 3 <= length && at + 3 + u16_at(bytes + at + 1) <= length) {
            at += 3 + u16_at(bytes + at + 1);
        } else {
            return false;
        }
    }
    return true;
}

/* Takes `u16 length, bytes` off the front. */
static const unsigned char *take(const unsigned char **at, const unsigned char *end, size_t *length) {
    if (end - *at < 2 || (size_t)(end - *at) < 2 + u16_at(*at)) {
        return NULL;
    }
    const unsigned char *bytes = *at + 2;
    *length = u16_at(*at);
    *at = bytes + *length;
    return bytes;
}

bool policy_read(struct policy *policy, const unsigned char *bytes, size_t length) {
    const unsigned char *end = bytes + length;
    struct expression expression;
    size_t size = 0;
    if (length < HEAD || bytes[0] != VERSION || bytes[1] < DECIDE_LOCAL || bytes[1] > DECIDE_WRITE) {
        return false;
    }
    *policy = (struct policy){.otherwise = (enum decision)bytes[1], .mapping_count = u16_at(bytes + 2), .mappings = bytes + HEAD};
    const unsigned char *at = policy->mappings;
    for (size_t i = 0; i < policy->mapping_count; i++) {
        const unsigned char *part = take(&at, end, &size);
        if (part == NULL || !expression_read(&expression, part, size)) {
            return false;
        }
        part = take(&at, end, &size);
        if (part == NULL || !replacement_sound(part, size)) {
            return false;
        }
    }
    if (end - at < 2) {
        return false;
    }
    policy->rule_count = u16_at(at);
    policy->rules = at += 2;
    for (size_t i = 0; i < policy->rule_count; i++) {
        if (end - at < RULE_HEAD) {
            return false;
        }
        unsigned kind = at[0];
        unsigned decision = at[1];
        at += 2;
        const unsigned char *operand = take(&at, end, &size);
        if (operand == NULL || kind < RULE_EXACT || kind > RULE_MOUNT || decision < DECIDE_LOCAL || decision > DECIDE_WRITE
                || (kind == RULE_EXPRESSION && !expression_read(&expression, operand, size))) {
            return false;
        }
    }
    if (at == end) {
        return true;
    }
    if (end - at < 2) {
        return false;
    }
    policy->socket_count = u16_at(at);
    policy->sockets = at += 2;
    for (size_t i = 0; i < policy->socket_count; i++) {
        const unsigned char *part = take(&at, end, &size);
        if (part == NULL || !expression_read(&expression, part, size)) {
            return false;
        }
    }
    return at == end;
}

bool policy_has_files(const struct policy *policy) {
    return policy->rule_count > 0 || policy->mapping_count > 0 || policy->otherwise != DECIDE_LOCAL;
}

/* The path without "//", "/./" and "/../", and without a slash at the end. */
static size_t plain_path(char *to, const char *path) {
    size_t length = 0;
    while (*path != '\0') {
        while (*path == '/') {
            path++;
        }
        size_t part = 0;
        while (path[part] != '\0' && path[part] != '/') {
            part++;
        }
        if (part == 2 && path[0] == '.' && path[1] == '.') {
            while (length > 0 && to[--length] != '/') {
            }
        } else if (part > 0 && !(part == 1 && path[0] == '.')) {
            to[length++] = '/';
            memcpy(to + length, path, part);
            length += part;
        }
        path += part;
    }
    if (length == 0) {
        to[length++] = '/';
    }
    to[length] = '\0';
    return length;
}

/* Most rules do not match, and most of those by their first byte: worth no call. */
static inline bool same(const char *one, const char *two, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (one[i] != two[i]) {
            return false;
        }
    }
    return true;
}

static inline bool in_tree(const char *path, size_t length, const char *root, size_t root_length) {
    while (root_length > 0 && root[root_length - 1] == '/') {
        root_length--;
    }
    return length >= root_length && same(path, root, root_length) && (length == root_length || path[root_length] == '/');
}

static bool has_part(const char *path, size_t length, const char *part, size_t part_length) {
    for (size_t at = 0; at + part_length <= length; at++) {
        if (same(path + at, part, part_length)) {
            return true;
        }
    }
    return false;
}

static bool rule_matches(const struct policy *policy, struct policy_room *room, unsigned kind, const char *operand, size_t size,
        size_t length) {
    const char *path = room->plain;
    const struct container_facts *facts = &policy->facts;
    size_t home;
    struct expression expression;
    switch (kind) {
        case RULE_EXACT:
            return length == size && same(path, operand, size);
        case RULE_TREE:
            return in_tree(path, length, operand, size);
        case RULE_ENDING:
            return length >= size && same(path + length - size, operand, size);
        case RULE_EXPRESSION:
            expression = expression_of((const unsigned char *)operand);
            return expression_matches(&expression, &room->expression, path, length, NULL);
        case RULE_PART:
            return has_part(path, length, operand, size);
        case RULE_WORKING_DIRECTORY:
            return facts->working_directory != NULL && facts->working_directory[0] == '/' && facts->working_directory[1] != '\0'
                    && in_tree(path, length, facts->working_directory, strlen(facts->working_directory));
        case RULE_HOME_TREE:
            home = facts->home == NULL ? 0 : strlen(facts->home);
            return home > 1 && in_tree(path, length, facts->home, home) && in_tree(path + home, length - home, operand, size);
        case RULE_HOME_HIDDEN:
            home = facts->home == NULL ? 0 : strlen(facts->home);
            return home > 1 && in_tree(path, length, facts->home, home) && length > home + 1 && path[home + 1] == '.';
        case RULE_MOUNT:
            for (size_t i = 0; facts->mounts != NULL && facts->mounts[i] != NULL; i++) {
                const char *mount = facts->mounts[i];
                size_t at = 0;
                while (mount[at] != '\0' && mount[at] == path[at]) {
                    at++;
                }
                if (at > 0 && mount[at] == '\0' && (path[at] == '\0' || path[at] == '/')) {
                    return true;
                }
            }
            return false;
    }
    return false;
}

/* Puts bytes behind what is there; false when a path has no more room. */
static bool append(char *to, size_t *used, const void *bytes, size_t length) {
    if (*used + length >= PATH_LIMIT) {
        return false;
    }
    memcpy(to + *used, bytes, length);
    *used += length;
    return true;
}

static bool substitute(struct policy_room *room, const char *path, size_t length, const unsigned char *parts, size_t size,
        const uint16_t *slots) {
    size_t used = 0;
    bool fits = append(room->mapped, &used, path, slots[0]);
    for (size_t at = 0; at < size && fits;) {
        if (parts[at] == 0) {
            size_t literal = u16_at(parts + at + 1);
            fits = append(room->mapped, &used, parts + at + 3, literal);
            at += 3 + literal;
        } else {
            const uint16_t *group = slots + 2 * parts[at + 1];
            if (group[0] <= group[1] && group[1] <= length) {
                fits = append(room->mapped, &used, path + group[0], (size_t)(group[1] - group[0]));
            }
            at += 2;
        }
    }
    fits = fits && append(room->mapped, &used, path + slots[1], length - slots[1]);
    room->mapped[fits ? used : 0] = '\0';
    return fits && room->mapped[0] == '/';
}

static const char *mapped(const struct policy *policy, struct policy_room *room, const char *path, size_t length) {
    const unsigned char *at = policy->mappings;
    for (size_t i = 0; i < policy->mapping_count; i++) {
        const struct expression expression = expression_of(at + 2);
        uint16_t slots[EXPRESSION_SLOTS];
        const unsigned char *parts = at + 2 + u16_at(at);
        if (expression_matches(&expression, &room->expression, path, length, slots)) {
            return substitute(room, path, length, parts + 2, u16_at(parts), slots) ? room->mapped : path;
        }
        at = parts + 2 + u16_at(parts);
    }
    return path;
}

struct verdict policy_decide(const struct policy *policy, struct policy_room *room, const char *path) {
    const char *served = path;
    if (policy->mapping_count > 0) {
        size_t length = plain_path(room->plain, path);
        const char *other = mapped(policy, room, room->plain, length);
        served = other == room->plain ? path : other;
    }
    size_t length = plain_path(room->plain, served);
    const unsigned char *at = policy->rules;
    for (size_t i = 0; i < policy->rule_count; i++) {
        size_t size = u16_at(at + 2);
        if (rule_matches(policy, room, at[0], (const char *)at + RULE_HEAD, size, length)) {
            return (struct verdict){(enum decision)at[1], served, true};
        }
        at += RULE_HEAD + size;
    }
    return (struct verdict){policy->otherwise, served, false};
}
