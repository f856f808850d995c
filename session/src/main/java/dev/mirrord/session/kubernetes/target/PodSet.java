package dev.mirrord.session.kubernetes.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Predicate;

/**
 * Which pods a target is: those that a query to the API server finds and that are its own.
 *
 * @param query of a list or watch of pods: {@code labelSelector=…} or {@code fieldSelector=…}
 * @param own false for a pod that another object with the same labels has made
 */
public record PodSet(String namespace, String query, Predicate<JsonNode> own) {

    static PodSet ofPod(String namespace, String name) {
        return new PodSet(
                namespace,
                "fieldSelector=" + LabelSelector.encode("metadata.name=" + name),
                _ -> true);
    }

    static PodSet ofSelector(String namespace, String selector, Predicate<JsonNode> own) {
        return new PodSet(namespace, "labelSelector=" + LabelSelector.encode(selector), own);
    }

    /** The request that lists them. */
    public String list() {
        return "/api/v1/namespaces/" + namespace + "/pods?" + query;
    }

    /** The request that tells of them from {@code resourceVersion} on. */
    public String watch(String resourceVersion) {
        return list() + "&watch=true&resourceVersion=" + resourceVersion;
    }

    /** Whether a pod was made by the object of this kind and name. */
    static Predicate<JsonNode> ownedBy(String kind, String name) {
        return pod -> {
            for (JsonNode owner : pod.at("/metadata/ownerReferences")) {
                if (owner.path("controller").asBoolean()
                        && kind.equals(owner.path("kind").asText())
                        && name.equals(owner.path("name").asText())) {
                    return true;
                }
            }
            return false;
        };
    }

    /** A ReplicaSet is named after its deployment and the template's hash. */
    static Predicate<JsonNode> ofDeployment(String name) {
        return pod -> {
            String hash = pod.at("/metadata/labels/pod-template-hash").asText("");
            JsonNode owner = pod.at("/metadata/ownerReferences/0");
            return hash.isEmpty()
                    || !"ReplicaSet".equals(owner.path("kind").asText())
                    || owner.path("name").asText().equals(name + "-" + hash);
        };
    }
}
