/**
 * A session: an app container on the user's engine in the context of a target in a cluster. A
 * request comes in (what to run, as whom, with which configuration), an exit code goes out; {@link
 * dev.mirrord.session.ContainerSession} owns everything that was made in between and removes it.
 */
@NullMarked
package dev.mirrord.session;

import org.jspecify.annotations.NullMarked;
