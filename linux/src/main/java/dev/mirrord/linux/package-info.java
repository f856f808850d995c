/**
 * The one door to native code: Linux system calls by the Foreign Function and Memory API, with
 * errno captured on every call. Raw descriptors and byte buffers come in and go out; nothing here
 * keeps state beyond the handles of the C library. Needs {@code --enable-native-access}.
 */
@NullMarked
package dev.mirrord.linux;

import org.jspecify.annotations.NullMarked;
