package dev.mirrord.session.kubernetes.placement;

import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.LineStream;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the agent's log from its first line. The kubelet answers 400 until it has noticed that
 * the container runs, which its own status tells later than the log does: so it is asked again and
 * again.
 */
final class AgentLog implements AutoCloseable {

    private static final int AGAIN_MILLIS = 100;

    private final Cluster cluster;
    private final PodRef pod;
    private final Consumer<String> lines;
    private final Consumer<ClusterFailure> failed;
    private final Runnable ended;
    private @Nullable Thread thread;

    AgentLog(
            Cluster cluster,
            PodRef pod,
            Consumer<String> lines,
            Consumer<ClusterFailure> failed,
            Runnable ended) {
        this.cluster = cluster;
        this.pod = pod;
        this.lines = lines;
        this.failed = failed;
        this.ended = ended;
    }

    void start() {
        thread = Thread.ofPlatform().daemon().name("mirrord-agent-log").start(this::follow);
    }

    private void follow() {
        String path = pod.path() + "/log?follow=true&container=" + JobManifest.CONTAINER;
        try {
            while (true) {
                try (LineStream stream = cluster.api().follow(path, lines)) {
                    ApiReply end = stream.end().get();
                    if (end.succeeded()) {
                        ended.run();
                        return;
                    }
                    // 404: the kubelet has not heard of the pod yet
                    if (end.status() != 400 && end.status() != 404) {
                        failed.accept(Refusals.of(end, "get", "pods/log", pod.namespace()));
                        return;
                    }
                } catch (ExecutionException lost) {
                    // the connection broke: what was read is read again
                }
                Thread.sleep(AGAIN_MILLIS);
            }
        } catch (ClusterFailure failure) {
            failed.accept(failure);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
