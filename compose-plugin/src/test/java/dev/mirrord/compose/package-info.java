/** Tests of the compose plugin that need neither engine nor cluster. */
@NullMarked
package dev.mirrord.compose;

import org.jspecify.annotations.NullMarked;
