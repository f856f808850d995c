/* What is read of a process whose call is served. The theory is in caller.c. */
#ifndef MIRRORD_CALLER_H
#define MIRRORD_CALLER_H

#include "text.h"

/* A thread's own, for file systems. */
struct caller_ids {
    unsigned user;
    unsigned group;
};
struct caller_ids caller_ids(void);

/* Opens the caller's memory, unless it is open (from 0 on); false when it cannot be. */
bool caller_memory(struct caller_ids *ids, uint32_t thread, int *memory);

/* Reads a path, of up to PATH_LIMIT; false when it is empty or cannot be read. The memory is opened for that only where nothing less will
 * do: that takes longer than all the rest. */
bool caller_text(struct caller_ids *ids, uint32_t thread, uint64_t address, int *memory, char *to);

/* The beginning of a file of proc(5); its length, zero when it cannot be read. */
size_t caller_read(const char *path, char *to, size_t size);

/* 022 when it cannot be read. */
unsigned caller_umask(uint32_t thread);

/* The process of a thread; zero when it cannot be read. */
long caller_process(uint32_t thread);

#endif
