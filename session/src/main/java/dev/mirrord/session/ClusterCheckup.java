package dev.mirrord.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.Checkup.Finding;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.Json;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The cluster's half of a {@link Checkup}: server, clock, rights, what the namespace admits. */
final class ClusterCheckup {
    /** Certificates of sessions are valid from some minutes ago. */
    private static final Duration MOST_SKEW = Duration.ofMinutes(4);

    /**
     * @param group empty: core
     * @param resource with its subresource after a slash
     * @param lost without it; empty: everything
     */
    private record Right(String verb, String group, String resource, String lost) {
        String text() {
            return verb + " " + resource + (group.isEmpty() ? "" : "." + group);
        }
    }

    private static final List<Right> RIGHTS =
            List.of(
                    new Right("get", "", "pods", ""),
                    new Right("list", "", "pods", ""),
                    new Right("get", "", "pods/log", ""),
                    new Right("create", "", "pods/portforward", ""),
                    new Right("create", "batch", "jobs", ""),
                    new Right("delete", "batch", "jobs", "agents end by themselves, later"),
                    new Right("get", "apps", "deployments", "no deployment/ targets"));

    private final Cluster cluster;
    private final List<Finding> findings = new ArrayList<>();

    private ClusterCheckup(Cluster cluster) {
        this.cluster = cluster;
    }

    static List<Finding> run(ClusterChoice choice) {
        try (Cluster cluster = Cluster.open(choice.options())) {
            ClusterCheckup checkup = new ClusterCheckup(cluster);
            checkup.server();
            checkup.rights();
            checkup.admission();
            return checkup.findings;
        } catch (ClusterFailure failure) {
            return List.of(Finding.failed("cluster", String.valueOf(failure.getMessage()), ""));
        }
    }

    private void server() {
        ApiReply reply = cluster.api().get("/version");
        findings.add(
                Finding.ok(
                        "cluster",
                        "%s, context %s, namespace %s"
                                .formatted(
                                        reply.json().path("gitVersion").asText("unknown"),
                                        cluster.context(),
                                        cluster.namespace())));
        try {
            Instant there =
                    ZonedDateTime.parse(reply.date(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
            Duration skew = Duration.between(there, Instant.now());
            findings.add(
                    skew.abs().compareTo(MOST_SKEW) < 0
                            ? Finding.ok("clock", "as the API server's")
                            : Finding.failed(
                                    "clock",
                                    "differs from the API server's by %d s"
                                            .formatted(skew.toSeconds()),
                                    "set this machine's clock: certificates would be refused"));
        } catch (DateTimeException e) {
            // A proxy may leave the header out.
        }
    }

    private void rights() {
        List<CompletableFuture<Boolean>> answers =
                RIGHTS.stream()
                        .map(right -> Background.start("right", () -> isAllowed(right)))
                        .toList();
        int allowed = 0;
        for (int i = 0; i < RIGHTS.size(); i++) {
            Right right = RIGHTS.get(i);
            if (answers.get(i).join()) {
                allowed++;
            } else if (right.lost().isEmpty()) {
                findings.add(Finding.failed("right", "not allowed to " + right.text(), ask(right)));
            } else {
                findings.add(
                        Finding.warning(
                                "right",
                                "not allowed to " + right.text() + ": " + right.lost(),
                                ask(right)));
            }
        }
        if (allowed == RIGHTS.size()) {
            findings.add(Finding.ok("rights", "all %d that a session uses".formatted(allowed)));
        }
    }

    private String ask(Right right) {
        return "ask for a role with verb %s on %s in namespace %s"
                .formatted(right.verb(), right.resource(), cluster.namespace());
    }

    /** A self subject access review, which every user may make. */
    private boolean isAllowed(Right right) {
        ObjectNode review = Json.MAPPER.createObjectNode();
        review.put("apiVersion", "authorization.k8s.io/v1").put("kind", "SelfSubjectAccessReview");
        String[] names = right.resource().split("/", 2);
        ObjectNode attributes =
                review.putObject("spec")
                        .putObject("resourceAttributes")
                        .put("namespace", cluster.namespace())
                        .put("verb", right.verb())
                        .put("group", right.group())
                        .put("resource", names[0]);
        if (names.length > 1) {
            attributes.put("subresource", names[1]);
        }
        ApiReply reply =
                cluster.api()
                        .post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review);
        return reply.json().path("status").path("allowed").asBoolean();
    }

    /** What Pod Security admits in the namespace, where the user may read that. */
    private void admission() {
        ApiReply reply = cluster.api().get("/api/v1/namespaces/" + cluster.namespace());
        if (reply.status() == 404) {
            findings.add(
                    Finding.failed(
                            "namespace",
                            cluster.namespace() + " does not exist",
                            "name another with -n"));
            return;
        }
        JsonNode labels = reply.json().path("metadata").path("labels");
        String level = labels.path("pod-security.kubernetes.io/enforce").asText("privileged");
        if (!level.equals("privileged")) {
            findings.add(
                    Finding.warning(
                            "pod security",
                            "namespace %s enforces '%s': the agent of a pod is refused there"
                                    .formatted(cluster.namespace(), level),
                            "-a NAMESPACE puts agents into another one; -t targetless works"));
        } else if (reply.succeeded()) {
            findings.add(Finding.ok("pod security", "agents are admitted"));
        }
    }
}
