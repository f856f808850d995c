/**
 * The user's container line and the engine that runs it. Comes in: the words after {@code --} of
 * {@code mirrord container}. Goes out: the app's own line and the sidecar that has to exist first.
 * This package holds only the failures that its three parts share: {@code command} reads the line,
 * {@code rewrite} decides what becomes of it, {@code engine} talks to the daemon and owns whatever
 * it made there.
 */
@NullMarked
package dev.mirrord.session.docker;

import org.jspecify.annotations.NullMarked;
