/**
 * {@code docker-mirrord}, a plugin of Docker's command line: it writes the override file that puts
 * services into contexts ({@code override}), and is the provider that serves these contexts.
 *
 * <pre>
 *   compose up ──► provider up ──► server (background): target found
 *             ──► sidecar service ──► server attaches ──► app service, in the sidecar's namespace
 *   compose down ──► app, sidecar removed ──► provider down ──► server ends
 * </pre>
 */
@NullMarked
package dev.mirrord.compose;

import org.jspecify.annotations.NullMarked;
