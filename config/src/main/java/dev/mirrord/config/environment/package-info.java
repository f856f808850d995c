/**
 * Which variables the app gets: the target process's environment and the user's rules in, an
 * ordered list of operations for the launcher out. Pure; values are bytes and pass unchanged.
 */
@NullMarked
package dev.mirrord.config.environment;

import org.jspecify.annotations.NullMarked;
