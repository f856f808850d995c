/*
 * The door to the kernel: the system calls that run, hold, relay and attach use, made directly, and the first instructions of a
 * process. There is no C library below the programs of this folder, so that one file runs in every image: FROM scratch,
 * musl, glibc of any age, any user.
 *
 * Theory of operation: sys_call() loads the registers that the kernel's calling convention names and returns what the
 * kernel returns: a negative errno or the result. There is no errno variable and nothing restarts by itself. The
 * structures are the kernel's, the same on both architectures (64 bit, little endian), unlike a C library's.
 *
 * With HOSTED the same calls are used, but the C library starts the program: sanitizers need its start code and its
 * allocator. This header is not to be mixed with the C library's headers about the same things.
 */
#ifndef MIRRORD_SYS_H
#define MIRRORD_SYS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
enum {
    NR_read = 0, NR_write = 1, NR_close = 3, NR_fstat = 5, NR_mmap = 9, NR_munmap = 11, NR_rt_sigaction = 13,
    NR_rt_sigprocmask = 14, NR_ioctl = 16, NR_getpid = 39, NR_socket = 41, NR_connect = 42, NR_sendto = 44,
    NR_recvfrom = 45, NR_shutdown = 48, NR_setsockopt = 54, NR_clone = 56, NR_execve = 59, NR_wait4 = 61, NR_kill = 62,
    NR_fcntl = 72, NR_setpgid = 109, NR_setsid = 112, NR_getpgid = 121, NR_prctl = 157, NR_clock_gettime = 228,
    NR_exit_group = 231, NR_faccessat = 269, NR_ppoll = 271, NR_splice = 275, NR_signalfd4 = 289, NR_pidfd_open = 434,
    NR_pread64 = 17, NR_pwrite64 = 18, NR_sendmsg = 46, NR_recvmsg = 47, NR_socketpair = 53, NR_exit = 60, NR_fsync = 74,
    NR_ftruncate = 77, NR_getcwd = 79, NR_setfsuid = 122, NR_setfsgid = 123, NR_fstatfs = 138, NR_setxattr = 188,
    NR_getxattr = 191, NR_listxattr = 194, NR_removexattr = 197, NR_getdents64 = 217, NR_openat = 257, NR_mkdirat = 258,
    NR_mknodat = 259, NR_fchownat = 260, NR_newfstatat = 262, NR_unlinkat = 263, NR_linkat = 265, NR_symlinkat = 266,
    NR_readlinkat = 267, NR_fchmodat = 268, NR_utimensat = 280, NR_renameat2 = 316, NR_seccomp = 317, NR_statx = 332,
    NR_openat2 = 437, NR_faccessat2 = 439, NR_gettid = 186, NR_umask = 95, NR_bind = 49, NR_listen = 50, NR_accept4 = 288,
    NR_getrandom = 318, NR_memfd_create = 319, NR_lseek = 8,
    NR_process_vm_readv = 310, NR_statfs = 137, NR_umount2 = 166, NR_setns = 308, NR_open_tree = 428, NR_move_mount = 429, NR_mount_setattr = 442,
    NR_inotify_add_watch = 254, NR_inotify_init1 = 294, NR_futex = 202
};

static inline long sys_call(long number, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
enum {
    NR_fcntl = 25, NR_ioctl = 29, NR_faccessat = 48, NR_close = 57, NR_read = 63, NR_write = 64, NR_ppoll = 73,
    NR_signalfd4 = 74, NR_splice = 76, NR_fstat = 80, NR_exit_group = 94, NR_clock_gettime = 113, NR_kill = 129,
    NR_rt_sigaction = 134, NR_rt_sigprocmask = 135, NR_setpgid = 154, NR_getpgid = 155, NR_setsid = 157, NR_prctl = 167,
    NR_getpid = 172, NR_socket = 198, NR_connect = 203, NR_sendto = 206, NR_recvfrom = 207, NR_setsockopt = 208,
    NR_shutdown = 210, NR_munmap = 215, NR_clone = 220, NR_execve = 221, NR_mmap = 222, NR_wait4 = 260,
    NR_pidfd_open = 434, NR_setxattr = 5, NR_getxattr = 8, NR_listxattr = 11, NR_removexattr = 14, NR_getcwd = 17,
    NR_mknodat = 33, NR_mkdirat = 34, NR_unlinkat = 35, NR_symlinkat = 36, NR_linkat = 37, NR_fstatfs = 44,
    NR_ftruncate = 46, NR_fchmodat = 53, NR_fchownat = 54, NR_openat = 56, NR_getdents64 = 61, NR_pread64 = 67,
    NR_pwrite64 = 68, NR_readlinkat = 78, NR_newfstatat = 79, NR_fsync = 82, NR_utimensat = 88, NR_exit = 93,
    NR_setfsuid = 151, NR_setfsgid = 152, NR_gettid = 178, NR_umask = 166, NR_socketpair = 199, NR_sendmsg = 211, NR_recvmsg = 212,
    NR_renameat2 = 276, NR_seccomp = 277, NR_statx = 291, NR_openat2 = 437, NR_faccessat2 = 439, NR_bind = 200, NR_listen = 201,
    NR_accept4 = 242, NR_getrandom = 278, NR_memfd_create = 279, NR_lseek = 62,
    NR_process_vm_readv = 270, NR_statfs = 43, NR_umount2 = 39, NR_setns = 268, NR_open_tree = 428, NR_move_mount = 429, NR_mount_setattr = 442,
    NR_inotify_add_watch = 27, NR_inotify_init1 = 26, NR_futex = 98
};

static inline long sys_call(long number, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory", "cc");
    return x0;
}
#else
#error "only x86-64 and aarch64 are supported"
#endif

/* Numbers of the kernel's interface, asm-generic: the same on both architectures. */
enum { AT_FDCWD_ = -100 };
enum { O_NONBLOCK_ = 04000, O_CLOEXEC_ = 02000000 };
enum { F_SETPIPE_SZ_ = 1031 };
enum { AF_UNIX_ = 1, SOCK_STREAM_ = 1 };
enum { SOL_SOCKET_ = 1, SO_SNDBUF_ = 7, SO_RCVBUF_ = 8 };
enum { SHUT_RD_ = 0, SHUT_WR_ = 1 };
enum { MSG_DONTWAIT_ = 0x40, MSG_NOSIGNAL_ = 0x4000 };
enum { POLL_IN = 1, POLL_OUT = 4, POLL_ERR = 8, POLL_HUP = 16 };
enum { SPLICE_MOVE = 1, SPLICE_NONBLOCK = 2 };
enum { WAIT_NOHANG = 1, WAIT_UNTRACED = 2 };
enum { IOCTL_GET_FOREGROUND = 0x540F, IOCTL_SET_FOREGROUND = 0x5410 };
enum { PR_SET_PDEATHSIG_ = 1, PR_SET_NAME_ = 15 };
enum { ACCESS_EXISTS = 0 };

enum {
    E_PERM = 1, E_NOENT = 2, E_SRCH = 3, E_INTR = 4, E_NOEXEC = 8, E_AGAIN = 11, E_NOMEM = 12, E_ACCES = 13,
    E_NODEV = 19, E_NOTDIR = 20, E_INVAL = 22, E_2BIG = 7, E_PIPE = 32, E_FAULT = 14, E_BUSY = 16, E_BADF = 9, E_XDEV = 18, E_ROFS = 30, E_IO = 5, E_NAMETOOLONG = 36, E_NOSYS = 38, E_NOTCONN = 107, E_NOTSOCK = 88, E_CONNRESET = 104,
    E_TIMEDOUT = 110, E_CONNREFUSED = 111, E_STALE = 116
};

enum {
    SIGNAL_INT = 2, SIGNAL_QUIT = 3, SIGNAL_KILL = 9, SIGNAL_PIPE = 13, SIGNAL_TERM = 15, SIGNAL_CHLD = 17,
    SIGNAL_CONT = 18, SIGNAL_STOP = 19, SIGNAL_TSTP = 20, SIGNAL_TTIN = 21, SIGNAL_TTOU = 22, SIGNAL_URG = 23,
    SIGNAL_WINCH = 28, SIGNAL_LAST = 64
};

typedef uint64_t signal_set;

struct signal_action {
    uintptr_t handler; /* 0 default, 1 ignore: no program here installs a function */
    unsigned long flags;
    uintptr_t restorer;
    signal_set mask;
};

struct signal_info { /* signalfd_siginfo, signalfd(2) */
    uint32_t signal;
    int32_t error;
    int32_t code;
    uint32_t sender;
    uint8_t rest[112];
};

struct poll_entry {
    int fd;
    short events;
    short seen;
};

struct duration {
    int64_t seconds;
    int64_t nanoseconds;
};

struct vector {
    void *bytes;
    size_t length;
};

struct control_head { /* cmsghdr */
    size_t length;
    int level;
    int type;
};

struct message_head { /* msghdr */
    void *name;
    unsigned name_length;
    struct vector *vectors;
    size_t vector_count;
    void *control;
    size_t control_length;
    int flags;
};

/* Where the sidecar's sockets for the app's processes are. */
#ifndef MIRRORD_SOCKETS
#define MIRRORD_SOCKETS "/.mirrord/"
#endif

struct unix_address {
    uint16_t family;
    char path[108];
};

/* In the library every call of at most five arguments carries the marker that the supervisor's filter lets through. */
#ifdef LAYER
extern long layer_marker;
#define SYS_MARKER layer_marker
#else
#define SYS_MARKER 0
#endif

#define SYS0(name) sys_call(NR_##name, 0, 0, 0, 0, 0, SYS_MARKER)
#define SYS1(name, a) sys_call(NR_##name, (long)(a), 0, 0, 0, 0, SYS_MARKER)
#define SYS2(name, a, b) sys_call(NR_##name, (long)(a), (long)(b), 0, 0, 0, SYS_MARKER)
#define SYS3(name, a, b, c) sys_call(NR_##name, (long)(a), (long)(b), (long)(c), 0, 0, SYS_MARKER)
#define SYS4(name, a, b, c, d) sys_call(NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), 0, SYS_MARKER)
#define SYS5(name, a, b, c, d, e) sys_call(NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), SYS_MARKER)
#define SYS6(name, a, b, c, d, e, f) \
    sys_call(NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static inline long sys_read(int fd, void *bytes, size_t length) { return SYS3(read, fd, bytes, length); }
static inline long sys_write(int fd, const void *bytes, size_t length) { return SYS3(write, fd, bytes, length); }
static inline long sys_close(int fd) { return SYS1(close, fd); }
static inline long sys_getpid(void) { return SYS0(getpid); }
static inline long sys_kill(long pid, int signal) { return SYS2(kill, pid, signal); }
static inline long sys_setsid(void) { return SYS0(setsid); }
static inline long sys_setpgid(long pid, long group) { return SYS2(setpgid, pid, group); }
static inline long sys_getpgid(long pid) { return SYS1(getpgid, pid); }
static inline long sys_ioctl(int fd, long request, void *argument) { return SYS3(ioctl, fd, request, argument); }
static inline long sys_fcntl(int fd, int command, long argument) { return SYS3(fcntl, fd, command, argument); }
static inline long sys_prctl(int option, const void *argument) { return SYS2(prctl, option, argument); }
static inline long sys_pidfd_open(long pid) { return SYS2(pidfd_open, pid, 0); }
static inline long sys_fork(void) { return SYS6(clone, SIGNAL_CHLD, 0, 0, 0, 0, 0); }
static inline long sys_umask(unsigned mask) { return SYS1(umask, mask); }
static inline long sys_socket(int family, int type) { return SYS3(socket, family, type, 0); }
static inline long sys_shutdown(int fd, int how) { return SYS2(shutdown, fd, how); }

static inline long sys_send(int fd, const void *bytes, size_t length) {
    return SYS6(sendto, fd, bytes, length, MSG_NOSIGNAL_ | MSG_DONTWAIT_, 0, 0);
}

static inline long sys_setsockopt(int fd, int level, int option, int value) {
    return SYS6(setsockopt, fd, level, option, &value, sizeof value, 0);
}

static inline long sys_connect(int fd, const struct unix_address *address) {
    return SYS3(connect, fd, address, sizeof *address);
}

static inline long sys_execve(const char *path, char *const *arguments, char *const *environment) {
    return SYS3(execve, path, arguments, environment);
}

static inline long sys_access(const char *path, int mode) { return SYS4(faccessat, AT_FDCWD_, path, mode, 0); }

static inline long sys_wait(long pid, int *status, int options) { return SYS4(wait4, pid, status, options, 0); }

static inline long sys_splice(int from, int to, size_t length, unsigned flags) {
    return SYS6(splice, from, 0, to, 0, length, flags);
}

static inline long sys_signal_mask(const signal_set *set, signal_set *previous) {
    enum { SET_MASK = 2 };
    return SYS4(rt_sigprocmask, SET_MASK, set, previous, sizeof(signal_set));
}

static inline long sys_signal_action(int signal, const struct signal_action *action, struct signal_action *previous) {
    return SYS4(rt_sigaction, signal, action, previous, sizeof(signal_set));
}

static inline long sys_signalfd(const signal_set *set) {
    return SYS4(signalfd4, -1, set, sizeof *set, O_NONBLOCK_ | O_CLOEXEC_);
}

/* A negative time waits without limit. */
static inline long sys_poll(struct poll_entry *entries, size_t count, int64_t milliseconds) {
    struct duration limit = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    return SYS6(ppoll, entries, count, milliseconds < 0 ? NULL : &limit, 0, 0, 0);
}

/* Monotonic milliseconds. */
static inline int64_t sys_now(void) {
    enum { MONOTONIC = 1 };
    struct duration now = {0, 0};
    (void)SYS2(clock_gettime, MONOTONIC, &now);
    return now.seconds * 1000 + now.nanoseconds / 1000000;
}

static inline _Noreturn void sys_exit(int code) {
    for (;;) {
        (void)SYS1(exit_group, code);
    }
}

/* Every program has this one function; what it returns is the exit code. */
int program(int count, char **arguments, char **environment);

#ifdef HOSTED
#include <stdlib.h>
#define PROGRAM_START \
    int main(int count, char **arguments, char **environment); \
    int main(int count, char **arguments, char **environment) { sys_exit(program(count, arguments, environment)); }

static inline void *memory_reserve(size_t length) { return malloc(length); }
static inline void memory_release(void *memory, size_t length) {
    (void)length;
    free(memory);
}
#else
#if defined(__x86_64__)
#define START_CODE "xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call start_program\n hlt\n"
#else
#define START_CODE "mov x29, #0\n mov x30, #0\n mov x0, sp\n and sp, x0, #-16\n bl start_program\n brk #1\n"
#endif
/* The kernel leaves on the stack: count, arguments, NULL, environment, NULL (System V ABI, "Process initialization"). */
#define PROGRAM_START \
    __asm__(".text\n .global _start\n .type _start, %function\n _start:\n" START_CODE); \
    _Noreturn void start_program(long *stack); \
    __attribute__((used)) _Noreturn void start_program(long *stack) { \
        char **arguments = (char **)(stack + 1); \
        sys_exit(program((int)stack[0], arguments, arguments + stack[0] + 1)); \
    }

/* Anonymous pages, zeroed; NULL when there are none. */
static inline void *memory_reserve(size_t length) {
    enum { READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22 };
    long memory = SYS6(mmap, 0, length, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    return memory < 0 && memory > -4096 ? NULL : (void *)memory;
}
static inline void memory_release(void *memory, size_t length) { (void)SYS2(munmap, memory, length); }
#endif

#endif
