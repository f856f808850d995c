/**
 * Decides what becomes of the user's line. Comes in: the parsed command, the image's configuration
 * and the facts of the session. Goes out: the sidecar to create and the line that runs the app in
 * its namespace. Everything here is a function of its arguments; nothing is executed. Only {@link
 * dev.mirrord.session.docker.rewrite.UserEnvironment} reads files, those named by {@code
 * --env-file}.
 */
@NullMarked
package dev.mirrord.session.docker.rewrite;

import org.jspecify.annotations.NullMarked;
