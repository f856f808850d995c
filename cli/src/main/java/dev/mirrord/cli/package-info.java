/** TODO. */
@NullMarked
package dev.mirrord.cli;

import org.jspecify.annotations.NullMarked;
