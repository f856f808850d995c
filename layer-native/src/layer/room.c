/*
 * Memory for calls.
 *
 * Theory of operation: a call needs some 200 KiB for a decision, of which it touches a few pages; threads' and signal
 * handlers' stacks are smaller than that. There are a few rooms; each call takes a free one by an atomic exchange. When all
 * are taken, by that many threads at once or by threads that were there when a process was forked, memory is mapped for the
 * call alone.
 */
#include "layer.h"

enum { ROOMS = 8 };

static struct room rooms[ROOMS];

struct room *room_take(void) {
    for (size_t i = 0; i < ROOMS; i++) {
        if (__atomic_load_n(&rooms[i].taken, __ATOMIC_RELAXED) == 0 && __atomic_exchange_n(&rooms[i].taken, 1, __ATOMIC_ACQUIRE) == 0) {
            return &rooms[i];
        }
    }
    enum { READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22 };
    long memory = SYS6(mmap, 0, sizeof(struct room), READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    return memory < 0 && memory > -4096 ? NULL : (struct room *)memory;
}

void room_give(struct room *room) {
    if (room >= rooms && room < rooms + ROOMS) {
        __atomic_store_n(&room->taken, 0, __ATOMIC_RELEASE);
    } else {
        (void)SYS2(munmap, room, sizeof *room);
    }
}
