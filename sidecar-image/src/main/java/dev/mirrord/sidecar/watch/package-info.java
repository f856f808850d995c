/**
 * What the app watches in the target (inotify(7)). In come the app's inotify descriptors with a
 * path, and what the agent sees; out go real changes of empty files in a directory tree of our own,
 * which the kernel tells the app of. One thread owns it all.
 */
@NullMarked
package dev.mirrord.sidecar.watch;

import org.jspecify.annotations.NullMarked;
