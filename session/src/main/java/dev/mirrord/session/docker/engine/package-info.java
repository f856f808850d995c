/**
 * The container engine. Comes in: the endpoint that the user's own docker client would talk to, and
 * specifications of containers. Goes out: containers, images' configurations and streams into a
 * running container. {@code Engine} owns the connection; what it makes carries the session's labels
 * and is found again by them, so nothing has to be remembered here.
 *
 * <p>Requests are unversioned, so every engine answers with its own newest API, and bodies are JSON
 * of our own: engines ignore the fields that they are too old for. A unix socket or a plain TCP
 * address is spoken to directly; everything else (TLS, ssh, named pipes, contexts of other hosts)
 * through the user's client, {@code docker system dial-stdio}, which knows the way already.
 */
@NullMarked
package dev.mirrord.session.docker.engine;

import org.jspecify.annotations.NullMarked;
