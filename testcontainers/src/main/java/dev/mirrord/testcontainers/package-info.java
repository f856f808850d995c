/**
 * Testcontainers in the context of a Kubernetes target. {@link
 * dev.mirrord.testcontainers.ClusterContext} is the way in; the session itself is in {@link
 * dev.mirrord.session.TargetContext}.
 */
@NullMarked
package dev.mirrord.testcontainers;

import org.jspecify.annotations.NullMarked;
