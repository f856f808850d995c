/*
 * Threads without a C library.
 *
 * Theory of operation: clone(2) on pages of its own; the new thread runs one function, which never returns. Nothing is
 * waited for and nothing is given back: threads of this folder live as long as their process. There is no thread-local
 * storage. With HOSTED they are the C library's threads, which the sanitizers have to know.
 *
 * A lock is a futex(2): 0 free, 1 held, 2 held and perhaps waited for.
 */
#ifndef MIRRORD_THREAD_H
#define MIRRORD_THREAD_H

#include "sys.h"

#ifdef HOSTED
#include <pthread.h>

static inline long thread_start(void *(*function)(void *)) {
    pthread_t thread;
    return -pthread_create(&thread, NULL, function, NULL);
}
#else
enum { THREAD_STACK = 64 << 10 };

/* VM | FS | FILES | SIGHAND | THREAD | SYSVSEM */
enum { THREAD_FLAGS = 0x50f00 };

static inline long thread_start(void *(*function)(void *)) {
    char *stack = memory_reserve(THREAD_STACK);
    if (stack == NULL) {
        return -E_NOMEM;
    }
#if defined(__x86_64__)
    void **top = (void **)(void *)(stack + THREAD_STACK) - 3; /* after the pop it is aligned as a call wants it */
    top[0] = (void *)(uintptr_t)function;
    long result;
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    __asm__ volatile("syscall\n test %%rax, %%rax\n jnz 1f\n xor %%ebp, %%ebp\n pop %%rax\n xor %%edi, %%edi\n call *%%rax\n hlt\n 1:\n"
                     : "=a"(result)
                     : "a"((long)NR_clone), "D"((long)THREAD_FLAGS), "S"(top), "d"(0L), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
#else
    void **top = (void **)(void *)(stack + THREAD_STACK) - 2;
    top[0] = (void *)(uintptr_t)function;
    register long x8 __asm__("x8") = NR_clone;
    register long x0 __asm__("x0") = THREAD_FLAGS;
    register void *x1 __asm__("x1") = top;
    register long x2 __asm__("x2") = 0;
    register long x3 __asm__("x3") = 0;
    register long x4 __asm__("x4") = 0;
    __asm__ volatile("svc 0\n cbnz x0, 1f\n mov x29, #0\n mov x30, #0\n ldr x9, [sp]\n blr x9\n brk #1\n 1:\n"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
                     : "memory", "cc", "x9");
    return x0;
#endif
}
#endif

enum { WAIT_PRIVATE = 128, WAKE_PRIVATE = 129 };

static inline void lock_take(uint32_t *lock) {
    uint32_t seen = 0;
    if (__atomic_compare_exchange_n(lock, &seen, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        return;
    }
    while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0) {
        (void)SYS4(futex, lock, WAIT_PRIVATE, 2, NULL);
    }
}

static inline void lock_release(uint32_t *lock) {
    if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2) {
        (void)SYS3(futex, lock, WAKE_PRIVATE, 1);
    }
}

#endif
