/** TODO. */
@NullMarked
package dev.mirrord.sidecar;

import org.jspecify.annotations.NullMarked;
