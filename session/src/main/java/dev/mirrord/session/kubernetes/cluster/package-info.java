/**
 * From a kubeconfig to answers of an API server. In: files, environment and the user's choice of
 * context and namespace; out: raw JSON, lines of a watch or a log, and connected channels for the
 * tunnel. {@link dev.mirrord.session.kubernetes.cluster.Cluster} owns the event loops and the
 * pooled connections; credentials never leave this package.
 */
@NullMarked
package dev.mirrord.session.kubernetes.cluster;

import org.jspecify.annotations.NullMarked;
