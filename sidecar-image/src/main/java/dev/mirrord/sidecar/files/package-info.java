/**
 * The target's files as a file system of this container: the kernel's requests come in from
 * /dev/fuse, what they need is asked of the agent on one stream or known already, answers go back
 * to the kernel. No thread waits for the agent: what is waiting is a callback. The tree of what the
 * kernel knows is owned by {@link dev.mirrord.sidecar.files.NodeTree} and guarded by its monitor.
 */
@NullMarked
package dev.mirrord.sidecar.files;

import org.jspecify.annotations.NullMarked;
