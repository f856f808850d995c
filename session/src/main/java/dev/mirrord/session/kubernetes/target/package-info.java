/**
 * From what the user typed after {@code -t} to one running container. In: text such as {@code
 * deployment/web/container/app}; out: a {@link
 * dev.mirrord.session.kubernetes.target.ResolvedTarget}, or a failure that names what is there
 * instead. Keeps no state.
 */
@NullMarked
package dev.mirrord.session.kubernetes.target;

import org.jspecify.annotations.NullMarked;
