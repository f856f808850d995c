/**
 * The kernel's side of a FUSE file system (fuse(4)): mounting it, and the device on which its
 * requests and answers go. What they mean is the caller's.
 */
@NullMarked
package dev.mirrord.linux.fuse;

import org.jspecify.annotations.NullMarked;
