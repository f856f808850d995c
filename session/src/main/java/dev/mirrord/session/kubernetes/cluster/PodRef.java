package dev.mirrord.session.kubernetes.cluster;

/** A pod by name. */
public record PodRef(String namespace, String name) {

    /** Its API path, without a final slash. */
    public String path() {
        return "/api/v1/namespaces/" + namespace + "/pods/" + name;
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
