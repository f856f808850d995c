/**
 * Which files are the target's: the options of {@code feature.fs} and the built-in lists come in,
 * one ordered list of rules goes out, which the launcher evaluates in the app's container. What is
 * here evaluates the same bytes in the same way.
 */
@NullMarked
package dev.mirrord.config.files;

import org.jspecify.annotations.NullMarked;
