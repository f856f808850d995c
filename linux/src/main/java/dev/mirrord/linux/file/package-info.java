/**
 * Files by raw system calls: everything relative to a directory's descriptor, names are bytes, and
 * a thread can take the identity of another user for what it does with files. Results are those of
 * the kernel, failures {@code -errno}; descriptors belong to the caller.
 */
@NullMarked
package dev.mirrord.linux.file;

import org.jspecify.annotations.NullMarked;
