/**
 * The file system of the target: the agent's and the sidecar's halves, with a real mount between.
 */
@NullMarked
package dev.mirrord.it.files;

import org.jspecify.annotations.NullMarked;
