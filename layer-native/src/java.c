/*
 * libmirrord-syscall.so: one system call of a Java program, by JNI.
 *
 * Theory of operation: the JVM finds the function by its name, dev.mirrord.linux.Kernel's native method, and passes the
 * arguments on. Linking this takes microseconds where a down-call of java.lang.foreign takes 40 ms of a start. Pointers are
 * numbers here; their memory is the caller's.
 */
#include "sys.h"

long Java_dev_mirrord_linux_Kernel_direct(void *environment, void *class, long number, long a, long b, long c, long d, long e, long f);

__attribute__((visibility("default"))) long Java_dev_mirrord_linux_Kernel_direct(void *environment, void *class, long number, long a,
                                                                                 long b, long c, long d, long e, long f) {
    (void)environment;
    (void)class;
    return sys_call(number, a, b, c, d, e, f);
}
