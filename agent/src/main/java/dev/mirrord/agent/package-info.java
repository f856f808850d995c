/** TODO. */
@NullMarked
package dev.mirrord.agent;

import org.jspecify.annotations.NullMarked;
