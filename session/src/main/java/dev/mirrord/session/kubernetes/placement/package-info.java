/**
 * Where a session's agent runs. In: a resolved target or a namespace, and the user's {@code
 * agent.*} settings; out: the object that is created, a ready agent's pod, port and certificate,
 * and its removal. The Job in the cluster is the state; nothing else is kept.
 */
@NullMarked
package dev.mirrord.session.kubernetes.placement;

import org.jspecify.annotations.NullMarked;
