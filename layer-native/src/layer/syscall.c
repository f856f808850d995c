/*
 * syscall(3): programs that call the kernel past the C library's functions (libuv's statx, glib's openat2) still come here.
 *
 * Theory of operation: a function in C would break calls after which two processes or stacks go on (vfork, clone), so the
 * first steps are assembler, without a frame: whatever has no path goes on as in the C library. The table of those with a
 * path is filled when the library is loaded.
 */
#include "../calls.h"
#include "layer.h"

#ifndef HOSTED
enum { NUMBERS = 512 };

__attribute__((used)) unsigned char layer_numbers[NUMBERS];

__attribute__((constructor)) static void fill_numbers(void) {
    for (size_t i = 0; i < call_count; i++) {
        layer_numbers[calls[i].number] = 1;
    }
}

/* Calls of calls.c have five arguments at most. */
__attribute__((used)) long layer_system_call(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e);
long layer_system_call(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e) {
    return layer_result(layer_call(number, a, b, c, d, e));
}

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl syscall\n"
        ".type syscall, @function\n"
        "syscall:\n"
        " cmp $511, %rdi\n"
        " ja 1f\n"
        " lea layer_numbers(%rip), %rax\n"
        " cmpb $0, (%rax,%rdi)\n"
        " jne layer_system_call\n"
        "1:\n"
        " mov %rdi, %rax\n"
        " mov %rsi, %rdi\n"
        " mov %rdx, %rsi\n"
        " mov %rcx, %rdx\n"
        " mov %r8, %r10\n"
        " mov %r9, %r8\n"
        " mov 8(%rsp), %r9\n"
        " syscall\n"
        " cmp $-4095, %rax\n"
        " jae 2f\n"
        " ret\n"
        "2:\n"
        " mov %rax, %rdi\n"
        " jmp layer_result\n"
        ".size syscall, . - syscall\n");
#else
__asm__(".text\n"
        ".globl syscall\n"
        ".type syscall, %function\n"
        "syscall:\n"
        " cmp x0, #511\n"
        " b.hi 1f\n"
        " adrp x8, layer_numbers\n"
        " add x8, x8, :lo12:layer_numbers\n"
        " ldrb w8, [x8, x0]\n"
        " cbnz w8, layer_system_call\n"
        "1:\n"
        " mov x8, x0\n"
        " mov x0, x1\n"
        " mov x1, x2\n"
        " mov x2, x3\n"
        " mov x3, x4\n"
        " mov x4, x5\n"
        " mov x5, x6\n"
        " svc 0\n"
        " cmn x0, #4095\n"
        " b.cs 2f\n"
        " ret\n"
        "2:\n"
        " b layer_result\n"
        ".size syscall, . - syscall\n");
#endif
#endif
