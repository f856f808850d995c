/**
 * Reads a {@code docker run} or {@code docker create} line as the docker CLI reads it. Comes in:
 * the words as typed. Goes out: a {@link dev.mirrord.session.docker.command.ContainerCommand}, or a
 * {@link dev.mirrord.session.docker.CommandException} in the user's words. Nothing is executed and
 * no state is kept.
 */
@NullMarked
package dev.mirrord.session.docker.command;

import org.jspecify.annotations.NullMarked;
