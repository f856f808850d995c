/* The library in the app's processes. The theory is in start.c and call.c. */
#ifndef MIRRORD_LAYER_H
#define MIRRORD_LAYER_H

#include "../judge.h"
#include "../tree.h"

/* Everything else is hidden. In the tests with sanitizers, which have hooks of their own, the names differ. */
#ifdef HOSTED
#define EXPORTED
#define NAME_OF(name) layer_##name
#else
#define EXPORTED __attribute__((visibility("default")))
#define NAME_OF(name) name
#endif

/* A function of the C library's that is ours now. */
#define HOOK(type, name, ...) \
    EXPORTED type NAME_OF(name)(__VA_ARGS__); \
    EXPORTED type NAME_OF(name)(__VA_ARGS__)

/* Functions that both C libraries have; unversioned and weak, so that the library asks for no version of either. */
#define IMPORTED __attribute__((weak))

/* Memory of one call. */
struct room {
    int taken;
    struct policy_room policy;
    struct tree_room texts;
    char served[PATH_LIMIT];
    char absolute[2][PATH_LIMIT];
};

/* A signal handler, another thread, or a child of vfork(2) takes another one. Never NULL but without memory. */
struct room *room_take(void);
void room_give(struct room *room);

/* The rules; NULL when everything is local. */
const struct policy *layer_policy(void);

/* The same for unix sockets; NULL when all are local. The directory is where the sidecar's are. */
const struct policy *layer_sockets(const char **directory);

/* The descriptor of the target's tree in this process, or a negative errno. */
long layer_tree(void);

/* The same; below one that is for changes something may be changed. */
long layer_tree_for(bool changes);

/* The same after a call with this result: another one, or a negative errno when the result is what it is. */
long layer_tree_instead(bool changes, long used, long result);

/* Tells the launcher, which tells the user. */
void layer_refused(const char *path);

/* A system call of calls.c, as the app wants it: the result or a negative errno. */
long layer_call(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e);

#define CALL1(name, a) layer_call(NR_##name, (uint64_t)(a), 0, 0, 0, 0)
#define CALL2(name, a, b) layer_call(NR_##name, (uint64_t)(a), (uint64_t)(b), 0, 0, 0)
#define CALL3(name, a, b, c) layer_call(NR_##name, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), 0, 0)
#define CALL4(name, a, b, c, d) layer_call(NR_##name, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), 0)
#define CALL5(name, a, b, c, d, e) \
    layer_call(NR_##name, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e))

/* What the C library's functions return: sets errno. */
long layer_result(long result);

/* errno, for those that return NULL. */
void *layer_null(long error);

/* Numbers that only the library needs. */
#if defined(__x86_64__)
enum { NR_truncate = 76, NR_lsetxattr = 189, NR_lgetxattr = 192, NR_llistxattr = 195, NR_lremovexattr = 198 };
enum { O_DIRECTORY_ = 0200000, O_NOFOLLOW_ = 0400000 };
#else
enum { NR_truncate = 45, NR_lsetxattr = 6, NR_lgetxattr = 9, NR_llistxattr = 12, NR_lremovexattr = 15 };
enum { O_DIRECTORY_ = 040000, O_NOFOLLOW_ = 0100000 };
#endif
enum { NR_fchmodat2 = 452 };
enum { O_READ_WRITE_ = 2, O_WRITE_ = 1, O_CREATE_ = 0100, O_EXCLUSIVE_ = 0200, O_TRUNCATE_ = 01000, O_APPEND_ = 02000 };
enum { O_PATH_ = 010000000 };
enum { AT_NOFOLLOW_ = 0x100, AT_REMOVE_DIRECTORY_ = 0x200, AT_EMPTY_PATH_ = 0x1000 };

#endif
