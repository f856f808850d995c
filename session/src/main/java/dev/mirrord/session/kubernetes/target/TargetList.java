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
import java.util.stream.Stream;

/**
 * What can be a target: running pods, and workloads. Read as tables, page by page, all kinds side
 * by side.
 */
public final class TargetList {
    private static final int PAGE = 500;

    /**
     * @param path as in {@code -t}
     * @param state as kubectl shows it: {@code 2/3}, {@code Running}
     */
    public record Entry(String path, String namespace, String state) {}

    /**
     * @param refused one line for each kind that may not be listed
     */
    public record Result(List<Entry> entries, List<String> refused) {}

    /**
     * @param word in a target's path
     * @param state column of the table
     */
    private record Kind(
            String word, String group, String resource, String selector, String state) {}

    private static final List<Kind> KINDS =
            List.of(
                    new Kind("deployment", "/apis/apps/v1", "deployments", "", "Ready"),
                    new Kind("pod", "/api/v1", "pods", "status.phase=Running", "Status"));

    private final Cluster cluster;
    private final Optional<String> namespace;

    /**
     * @param namespace empty: all
     */
    public TargetList(Cluster cluster, Optional<String> namespace) {
        this.cluster = cluster;
        this.namespace = namespace;
    }

    /** The words of the kinds that are listed. */
    public static List<String> kinds() {
        return KINDS.stream().map(Kind::word).toList();
    }

    /** Targets of one kind, or of all where {@code word} is empty. */
    public Result read(Optional<String> word) {
        List<CompletableFuture<Result>> kinds =
                KINDS.stream()
                        .filter(kind -> word.isEmpty() || word.get().equals(kind.word()))
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
            if (reply.status() == 403) {
                return new Result(
                        List.of(),
                        List.of(
                                String.valueOf(
                                        Refusals.of(
                                                        reply,
                                                        "list",
                                                        kind.resource(),
                                                        namespace.orElse("(all)"))
                                                .getMessage())));
            }
            if (!reply.succeeded()) {
                throw Refusals.of(reply, "list", kind.resource(), namespace.orElse("(all)"));
            }
            JsonNode table = reply.json();
            read(kind, table).forEach(entries::add);
            next = table.path("metadata").path("continue").asText("");
        } while (!next.isEmpty());
        return new Result(entries, List.of());
    }

    private String path(Kind kind, String next) {
        return kind.group()
                + namespace.map(name -> "/namespaces/" + name).orElse("")
                + "/"
                + kind.resource()
                + "?limit="
                + PAGE
                // Only a table of all namespaces needs more than its cells.
                + (namespace.isPresent() ? "&includeObject=None" : "")
                + (kind.selector().isEmpty() ? "" : "&fieldSelector=" + encoded(kind.selector()))
                + (next.isEmpty() ? "" : "&continue=" + encoded(next));
    }

    private Stream<Entry> read(Kind kind, JsonNode table) {
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
        return entries.stream();
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
