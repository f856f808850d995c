package dev.mirrord.session.kubernetes.cluster;

import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;

/** Turns the API server's refusals into failures that say verb, resource and namespace. */
public final class Refusals {

    private Refusals() {}

    /**
     * @param verb of RBAC: get, list, watch, create, delete
     * @param resource of RBAC, with its group where it has one: {@code pods/log}, {@code
     *     jobs.batch}
     */
    public static ClusterFailure of(
            ApiReply reply, String verb, String resource, String namespace) {
        String what = verb + " " + resource + " in namespace " + namespace;
        return switch (reply.status()) {
            case 401 ->
                    new ClusterFailure(
                            Kind.UNAUTHENTICATED,
                            "the API server does not accept the kubeconfig's credentials",
                            "401 " + reply.message(),
                            "log in again");
            case 403 ->
                    new ClusterFailure(
                            Kind.FORBIDDEN,
                            "not allowed to " + what,
                            "403 " + reply.message(),
                            "ask for a role with verb "
                                    + verb
                                    + " on "
                                    + resource
                                    + " in namespace "
                                    + namespace);
            case 404 ->
                    new ClusterFailure(
                            Kind.NOT_FOUND, "cannot " + what, "404 " + reply.message(), "");
            default ->
                    new ClusterFailure(
                            Kind.UNEXPECTED,
                            "cannot " + what,
                            reply.status() + " " + reply.message(),
                            "");
        };
    }
}
