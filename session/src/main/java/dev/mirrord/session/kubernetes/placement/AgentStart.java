package dev.mirrord.session.kubernetes.placement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.Json;
import dev.mirrord.session.kubernetes.cluster.LineStream;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * From a manifest to an agent that listens. The pods' watch is opened while the Job is created, and
 * the log is asked for as soon as the pod has a node; what each says comes into one queue that one
 * thread reads.
 */
final class AgentStart {

    /** For how long the scheduler may say that there is no node before it is believed. */
    private static final long UNSCHEDULABLE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** After that without a pod, the Job's events are asked why. */
    private static final long NO_POD_MILLIS = 400;

    private static final int LOG_LINES_KEPT = 20;

    /** What happened. */
    private sealed interface Happening {
        record Pod(PodState state) implements Happening {}

        record Line(AgentLine line) implements Happening {}

        record Failed(ClusterFailure failure) implements Happening {}

        record Deleted() implements Happening {}

        record LogEnded() implements Happening {}
    }

    private final Cluster cluster;
    private final AgentPlacement placement;
    private final Consumer<PodRef> assigned;
    private final LinkedBlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private @Nullable PodState state;
    private @Nullable AgentLog log;
    private boolean logEnded;
    private long unschedulableSince;

    AgentStart(Cluster cluster, AgentPlacement placement, Consumer<PodRef> assigned) {
        this.cluster = cluster;
        this.placement = placement;
        this.assigned = assigned;
    }

    PlacedAgent run() {
        boolean placed = false;
        Thread watching =
                Thread.ofPlatform().daemon().name("mirrord-agent-watch").start(this::watch);
        try {
            create();
            PlacedAgent agent = await();
            placed = true;
            return agent;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new ClusterFailure(
                    Kind.TIMEOUT, "the agent's start was interrupted", "", "", stop);
        } finally {
            watching.interrupt();
            if (log != null) {
                log.close();
            }
            if (!placed) {
                remove();
            }
        }
    }

    private void remove() {
        boolean interrupted = Thread.interrupted();
        try {
            new AgentJobs(cluster, placement.namespace()).delete(placement.name());
        } catch (ClusterFailure alreadyFailing) {
            // the failure that led here is the one to tell; the Job ends itself
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void create() {
        String path = "/apis/batch/v1/namespaces/" + placement.namespace() + "/jobs";
        ApiReply reply = cluster.api().post(path, placement.manifest());
        if (reply.succeeded()) {
            return;
        }
        String message = reply.message();
        if (reply.status() == 403 && !message.contains("cannot create resource")) {
            throw rejected(message);
        }
        if (reply.status() == 404) {
            throw new ClusterFailure(
                    Kind.NOT_FOUND,
                    "the agent cannot be created",
                    "namespace " + placement.namespace() + " does not exist",
                    "check agent.namespace");
        }
        throw Refusals.of(reply, "create", "jobs.batch", placement.namespace());
    }

    private ClusterFailure rejected(String why) {
        String advice = "";
        if (why.contains("PodSecurity")) {
            advice = "let the agent run in another namespace with agent.namespace";
        } else if (why.contains("quota")) {
            advice = "set agent.resources to what the quota leaves";
        }
        return new ClusterFailure(
                Kind.REJECTED,
                "the cluster refuses the agent's pod in namespace " + placement.namespace(),
                why,
                advice);
    }

    private void watch() {
        String selector = "job-name=" + placement.name();
        String path =
                "/api/v1/namespaces/"
                        + placement.namespace()
                        + "/pods?watch=true&resourceVersion=0&labelSelector="
                        + URLEncoder.encode(selector, StandardCharsets.UTF_8);
        try (LineStream stream = cluster.api().follow(path, this::watched)) {
            ApiReply end = stream.end().get();
            if (!end.succeeded()) {
                happenings.add(
                        new Happening.Failed(
                                Refusals.of(end, "watch", "pods", placement.namespace())));
            }
        } catch (ClusterFailure failure) {
            happenings.add(new Happening.Failed(failure));
        } catch (InterruptedException ready) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException lost) {
            happenings.add(
                    new Happening.Failed(
                            new ClusterFailure(
                                    Kind.UNREACHABLE,
                                    "the watch of the agent's pod was lost",
                                    String.valueOf(lost.getCause()),
                                    "try again",
                                    lost)));
        }
    }

    private void watched(String line) {
        try {
            JsonNode event = Json.MAPPER.readTree(line);
            JsonNode object = event.path("object");
            switch (event.path("type").asText()) {
                case "ADDED", "MODIFIED" -> happenings.add(new Happening.Pod(new PodState(object)));
                case "DELETED" -> happenings.add(new Happening.Deleted());
                default -> {
                    // bookmarks; an ERROR is followed by the stream's end
                }
            }
        } catch (JsonProcessingException cut) {
            // the last line of a broken connection
        }
    }

    private PlacedAgent await() throws InterruptedException {
        long end = System.nanoTime() + placement.settings().startupTimeout().toNanos();
        while (System.nanoTime() < end) {
            Happening next = happenings.poll(NO_POD_MILLIS, TimeUnit.MILLISECONDS);
            PlacedAgent agent =
                    switch (next) {
                        case null -> {
                            if (state == null) {
                                requireNoFailedCreate();
                            }
                            yield null;
                        }
                        case Happening.Pod pod -> {
                            seen(pod.state());
                            yield null;
                        }
                        case Happening.Line line -> read(line.line());
                        case Happening.Failed failed -> throw failed.failure();
                        case Happening.Deleted deleted ->
                                throw failure("its pod was deleted by someone else", "");
                        case Happening.LogEnded ended -> {
                            logEnded = true;
                            yield null;
                        }
                    };
            if (agent != null) {
                return agent;
            }
            check();
        }
        throw timedOut();
    }

    private void seen(PodState seen) {
        state = seen;
        ClusterFailure hopeless = seen.hopeless(placement.settings().image());
        if (hopeless != null) {
            throw hopeless;
        }
        ClusterFailure refused = seen.refusedByNode();
        if (refused != null) {
            throw refused;
        }
        if (seen.unschedulable().isEmpty()) {
            unschedulableSince = 0;
        } else if (unschedulableSince == 0) {
            unschedulableSince = System.nanoTime();
        }
        if (seen.assigned() && log == null) {
            PodRef pod = new PodRef(placement.namespace(), seen.name());
            assigned.accept(pod);
            log =
                    new AgentLog(
                            cluster,
                            pod,
                            line -> happenings.add(new Happening.Line(AgentLine.parse(line))),
                            failure -> happenings.add(new Happening.Failed(failure)),
                            () -> happenings.add(new Happening.LogEnded()));
            log.start();
        }
    }

    private @Nullable PlacedAgent read(AgentLine line) {
        return switch (line) {
            case AgentLine.Ready ready -> {
                if (ready.protocol() != 1) {
                    throw failure(
                            "it speaks protocol " + ready.protocol() + ", this program 1",
                            "use an agent image of this version");
                }
                PodRef pod = new PodRef(placement.namespace(), state == null ? "" : state.name());
                yield new PlacedAgent(
                        pod, placement.name(), ready.port(), ready.certificateSha256());
            }
            case AgentLine.Failed failed -> throw failure(failed.text(), "");
            case AgentLine.Other other -> {
                lastLines.add(other.text());
                if (lastLines.size() > LOG_LINES_KEPT) {
                    lastLines.remove();
                }
                yield null;
            }
        };
    }

    private void check() {
        PodState seen = state;
        if (seen == null) {
            return;
        }
        if (unschedulableSince != 0
                && System.nanoTime() - unschedulableSince > UNSCHEDULABLE_NANOS) {
            throw seen.notScheduled();
        }
        if (seen.ended() && logEnded && happenings.isEmpty()) {
            String last = lastLines.isEmpty() ? "" : ", its last words: " + lastLines.getLast();
            throw failure(seen.ending() + last, "");
        }
    }

    private ClusterFailure failure(String why, String advice) {
        return new ClusterFailure(Kind.AGENT, "the agent did not start", why, advice);
    }

    /** The Job's controller could not make a pod: quota, Pod Security, an admission webhook. */
    private void requireNoFailedCreate() {
        String selector = "involvedObject.name=" + placement.name() + ",reason=FailedCreate";
        ApiReply reply =
                cluster.api()
                        .get(
                                "/api/v1/namespaces/"
                                        + placement.namespace()
                                        + "/events?fieldSelector="
                                        + URLEncoder.encode(selector, StandardCharsets.UTF_8));
        String message = reply.json().at("/items/0/message").asText("");
        if (!message.isEmpty()) {
            throw rejected(message);
        }
    }

    private ClusterFailure timedOut() {
        String why;
        if (state == null) {
            why = "the Job " + placement.name() + " has made no pod";
        } else if (log == null) {
            why = "its pod " + state.name() + " has no node yet";
        } else {
            why = "its pod " + state.name() + " is " + state.progress();
        }
        return new ClusterFailure(
                Kind.TIMEOUT,
                "the agent was not ready within "
                        + placement.settings().startupTimeout().toSeconds()
                        + " s",
                why,
                "raise agent.startup_timeout if the cluster is slow");
    }
}
