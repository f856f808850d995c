package dev.mirrord.session.kubernetes.target;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What can be a target: workloads, services, running pods. Read as tables, page by page, all kinds
 * side by side.
 */
public final class TargetList {
    private static final int PAGE = 500;

    /**
     * @param path as in {@code -t}
     * @param state as kubectl shows it: {@code 2/3}, {@code Running}
     */
    public record Entry(String path, String namespace, String state) {}

    /**
     * @param refused the resources that may not be listed, as RBAC names them
     */
    public record Result(List<Entry> entries, List<String> refused) {}

    /**
     * @param word in a target's path
     * @param objects the collection that is read
     * @param state column of the table; where there is none, nothing is shown
     * @param always false: only when it is asked for, or nobody would find the others
     */
    private record Kind(
            String word, WorkloadKind objects, String selector, String state, boolean always) {
        static Kind of(WorkloadKind kind, String state) {
            return new Kind(kind.word(), kind, "", state, kind != WorkloadKind.REPLICA_SET);
        }
    }

    private static final List<Kind> KINDS =
            List.of(
                    Kind.of(WorkloadKind.DEPLOYMENT, "Ready"),
                    Kind.of(WorkloadKind.STATEFUL_SET, "Ready"),
                    Kind.of(WorkloadKind.DAEMON_SET, "Ready"),
                    Kind.of(WorkloadKind.REPLICA_SET, "Ready"),
                    Kind.of(WorkloadKind.ROLLOUT, "Available"),
                    Kind.of(WorkloadKind.JOB, "Completions"),
                    Kind.of(WorkloadKind.CRON_JOB, "Schedule"),
                    Kind.of(WorkloadKind.SERVICE, "Port(s)"),
                    new Kind("pod", WorkloadKind.LABEL, "status.phase=Running", "Status", true));

    private final Cluster cluster;
    private final Optional<String> namespace;
    private final int page;

    /**
     * @param namespace empty: all
     */
    public TargetList(Cluster cluster, Optional<String> namespace) {
        this(cluster, namespace, PAGE);
    }

    /**
     * @param page how many objects are asked for at once
     */
    TargetList(Cluster cluster, Optional<String> namespace, int page) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.page = page;
    }

    /** The words of the kinds that are listed. */
    public static List<String> kinds() {
        return KINDS.stream().map(Kind::word).toList();
    }

    /** Targets of one kind, or of all where {@code word} is empty. */
    public Result read(Optional<String> word) {
        List<CompletableFuture<Result>> kinds =
                KINDS.stream()
                        .filter(kind -> word.map(kind.word()::equals).orElse(kind.always()))
                        .map(this::begin)
                        .toList();
        List<Result> results = kinds.stream().map(CompletableFuture::join).toList();
        return new Result(
                results.stream().flatMap(result -> result.entries().stream()).toList(),
                results.stream().flatMap(result -> result.refused().stream()).toList());
    }

    private CompletableFuture<Result> begin(Kind kind) {
        return CompletableFuture.supplyAsync(
                () -> list(kind),
                task -> Thread.ofPlatform().daemon().name("mirrord-list").start(task));
    }

    private Result list(Kind kind) {
        List<Entry> entries = new ArrayList<>();
        String next = "";
        do {
            ApiReply reply = cluster.api().table(path(kind, next));
            if (reply.status() == 404) {
                // A cluster without Argo Rollouts.
                return new Result(List.of(), List.of());
            }
            if (reply.status() == 403) {
                return new Result(List.of(), List.of(kind.objects().resource()));
            }
            if (!reply.succeeded()) {
                throw Refusals.of(
                        reply, "list", kind.objects().resource(), namespace.orElse("(all)"));
            }
            JsonNode table = reply.json();
            entries.addAll(read(kind, table));
            next = table.path("metadata").path("continue").asText("");
        } while (!next.isEmpty());
        return new Result(entries, List.of());
    }

    private String path(Kind kind, String next) {
        return kind.objects().path(namespace)
                + "?limit="
                + page
                // Only a table of all namespaces needs more than its cells.
                + (namespace.isPresent() ? "&includeObject=None" : "")
                + (kind.selector().isEmpty() ? "" : "&fieldSelector=" + encoded(kind.selector()))
                + (next.isEmpty() ? "" : "&continue=" + encoded(next));
    }

    private List<Entry> read(Kind kind, JsonNode table) {
        int name = column(table, "Name");
        int state = column(table, kind.state());
        List<Entry> entries = new ArrayList<>();
        for (JsonNode row : table.path("rows")) {
            entries.add(
                    new Entry(
                            kind.word() + "/" + row.path("cells").path(name).asText(),
                            namespace.orElseGet(
                                    () ->
                                            row.path("object")
                                                    .path("metadata")
                                                    .path("namespace")
                                                    .asText()),
                            row.path("cells").path(state).asText()));
        }
        return entries;
    }

    private static int column(JsonNode table, String name) {
        int index = 0;
        for (JsonNode column : table.path("columnDefinitions")) {
            if (column.path("name").asText().equals(name)) {
                return index;
            }
            index++;
        }
        return -1;
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
