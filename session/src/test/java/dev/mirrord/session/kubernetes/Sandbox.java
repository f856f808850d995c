package dev.mirrord.session.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.Json;
import dev.mirrord.session.kubernetes.cluster.LineStream;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A namespace of its own in the test cluster, with users and an echo; gone when closed. */
public final class Sandbox implements AutoCloseable {

    public static final String IMAGE = "mirrord-test/static-go";

    private final Cluster admin;
    private final String namespace = "it-" + UUID.randomUUID().toString().substring(0, 8);

    public Sandbox() {
        admin = Cluster.open(TestCluster.options());
        create("/api/v1/namespaces", object("v1", "Namespace", namespace));
    }

    public Cluster admin() {
        return admin;
    }

    public String namespace() {
        return namespace;
    }

    /** The administrator, but in this namespace. */
    public Cluster open() {
        return Cluster.open(TestCluster.options().withNamespace(namespace));
    }

    private ObjectNode object(String version, String kind, String name) {
        ObjectNode object =
                Json.MAPPER.createObjectNode().put("apiVersion", version).put("kind", kind);
        object.putObject("metadata").put("name", name);
        return object;
    }

    public JsonNode create(String path, JsonNode object) {
        ApiReply reply = admin.api().post(path, object);
        if (!reply.succeeded()) {
            throw new IllegalStateException(path + ": " + reply);
        }
        return reply.json();
    }

    public void delete(String path) {
        admin.api().delete(path, Json.MAPPER.createObjectNode());
    }

    /** Replaces an object; true if the API server took it. */
    public boolean put(String path, JsonNode object) {
        return admin.api().put(path, object).succeeded();
    }

    /** A service account that may do {@code verbs} by resource: {@code pods/portforward}, … */
    public void user(String name, Map<String, List<String>> verbsByResource) {
        create(
                "/api/v1/namespaces/" + namespace + "/serviceaccounts",
                object("v1", "ServiceAccount", name));
        ObjectNode role = object("rbac.authorization.k8s.io/v1", "Role", name);
        var rules = role.putArray("rules");
        verbsByResource.forEach(
                (resource, verbs) -> {
                    ObjectNode rule = rules.addObject();
                    int dot = resource.indexOf('.');
                    rule.putArray("apiGroups").add(dot < 0 ? "" : resource.substring(dot + 1));
                    rule.putArray("resources").add(dot < 0 ? resource : resource.substring(0, dot));
                    verbs.forEach(rule.withArray("verbs")::add);
                });
        String rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace;
        create(rbac + "/roles", role);
        ObjectNode binding = object("rbac.authorization.k8s.io/v1", "RoleBinding", name);
        binding.putObject("roleRef")
                .put("apiGroup", "rbac.authorization.k8s.io")
                .put("kind", "Role")
                .put("name", name);
        binding.putArray("subjects")
                .addObject()
                .put("kind", "ServiceAccount")
                .put("name", name)
                .put("namespace", namespace);
        create(rbac + "/rolebindings", binding);
    }

    /** A token of the service account, good for ten minutes. */
    public String token(String account) {
        ObjectNode request = Json.MAPPER.createObjectNode();
        request.put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
        request.putObject("spec").put("expirationSeconds", 600);
        String path = "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + account + "/token";
        return create(path, request).at("/status/token").asText();
    }

    /** Runs the probe's echo on port 7 and waits until it is ready. */
    public PodRef echo(String name) {
        ObjectNode pod = object("v1", "Pod", name);
        ObjectNode spec = pod.putObject("spec").put("terminationGracePeriodSeconds", 0);
        ObjectNode container = spec.putArray("containers").addObject();
        container.put("name", "echo").put("image", IMAGE).put("imagePullPolicy", "IfNotPresent");
        container.putArray("args").add("serve").add("tcp=7").add("http=8080").add("silent=9");
        container.putArray("ports").addObject().put("containerPort", 8080);
        create("/api/v1/namespaces/" + namespace + "/pods", pod);
        await(name, state -> state.at("/status/containerStatuses/0/ready").asBoolean());
        return new PodRef(namespace, name);
    }

    /** A deployment of probes; waits for its pod unless it has none. */
    public void deployment(String name, int replicas, String... containers) {
        deploy(name, replicas, containers);
        if (replicas > 0) {
            awaitPods("labelSelector=app%3D" + name, "deployment " + name, Sandbox::allReady);
        }
    }

    /** The same without waiting. */
    public void deploy(String name, int replicas, String... containers) {
        ObjectNode deployment = object("apps/v1", "Deployment", name);
        ObjectNode spec = deployment.putObject("spec").put("replicas", replicas);
        spec.putObject("selector").putObject("matchLabels").put("app", name);
        ObjectNode template = spec.putObject("template");
        template.putObject("metadata").putObject("labels").put("app", name);
        ObjectNode pod = template.putObject("spec").put("terminationGracePeriodSeconds", 0);
        int port = 7000;
        for (String container : containers) {
            port++;
            pod.withArray("containers")
                    .addObject()
                    .put("name", container)
                    .put("image", IMAGE)
                    .put("imagePullPolicy", "IfNotPresent")
                    .withArray("args")
                    .add("serve")
                    .add("tcp=" + port);
        }
        create("/apis/apps/v1/namespaces/" + namespace + "/deployments", deployment);
    }

    private static boolean allReady(JsonNode pod) {
        JsonNode statuses = pod.at("/status/containerStatuses");
        boolean ready = statuses.size() > 0;
        for (JsonNode status : statuses) {
            ready &= status.path("ready").asBoolean();
        }
        return ready;
    }

    /** Waits until the pod's JSON is as wanted, half a minute at most. */
    public JsonNode await(String pod, Predicate<JsonNode> wanted) {
        return awaitPods("fieldSelector=metadata.name%3D" + pod, "pod " + pod, wanted);
    }

    private JsonNode awaitPods(String selector, String what, Predicate<JsonNode> wanted) {
        CompletableFuture<JsonNode> seen = new CompletableFuture<>();
        String path =
                "/api/v1/namespaces/"
                        + namespace
                        + "/pods?watch=true&resourceVersion=0&"
                        + selector;
        try (LineStream watch =
                admin.api()
                        .follow(
                                path,
                                line -> {
                                    JsonNode state = parse(line).path("object");
                                    if (wanted.test(state)) {
                                        seen.complete(state);
                                    }
                                })) {
            watch.end().whenComplete((end, lost) -> seen.cancel(false));
            return seen.get(30, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new IllegalStateException(what + " did not come to be as wanted", failure);
        }
    }

    private static JsonNode parse(String line) {
        try {
            return Json.MAPPER.readTree(line);
        } catch (Exception cut) {
            return Json.MAPPER.createObjectNode();
        }
    }

    @Override
    public void close() {
        delete("/api/v1/namespaces/" + namespace);
        admin.close();
    }
}
