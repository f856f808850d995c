package dev.mirrord.session.kubernetes.cluster;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A cluster that the user chose, as whom the user is there. Opening one reads files only; the first
 * connection is made in the background at once.
 */
public final class Cluster implements AutoCloseable {

    private static final int LOOPS = 2;

    private final String context;
    private final String namespace;
    private final CompletableFuture<EventLoopGroup> loops;
    private final ApiServer api;

    private Cluster(
            String context,
            String namespace,
            CompletableFuture<EventLoopGroup> loops,
            ApiServer api) {
        this.context = context;
        this.namespace = namespace;
        this.loops = loops;
        this.api = api;
    }

    /** Loads TLS: its native library takes a while. */
    public static void preload() {
        TlsContexts.load();
    }

    /**
     * @throws ClusterFailure if the kubeconfig is missing, malformed or lacks the context
     */
    public static Cluster open(ClusterOptions options) {
        Kubeconfig kubeconfig = Kubeconfig.load(options);
        Endpoint endpoint = Endpoint.of(kubeconfig, options);
        // starting Netty and building the TLS context take about the same time: side by side
        CompletableFuture<EventLoopGroup> loops = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("mirrord-loops").start(() -> loops.complete(newLoops()));
        Credentials credentials = new Credentials(kubeconfig, options.environment());
        ApiServer api = new ApiServer(endpoint, credentials, loops::join);
        api.warm();
        return new Cluster(kubeconfig.context(), kubeconfig.namespace(), loops, api);
    }

    /**
     * The names of the kubeconfig's contexts.
     *
     * @throws ClusterFailure if the kubeconfig is missing or malformed
     */
    public static List<String> contexts(ClusterOptions options) {
        return Kubeconfig.contexts(options);
    }

    private static EventLoopGroup newLoops() {
        return new MultiThreadIoEventLoopGroup(
                LOOPS,
                new DefaultThreadFactory("mirrord-cluster", true),
                NioIoHandler.newFactory());
    }

    /** The context's name, {@code in-cluster} for a pod's own service account. */
    public String context() {
        return context;
    }

    /** The namespace that the user named, else the context's, else {@code default}. */
    public String namespace() {
        return namespace;
    }

    public ApiServer api() {
        return api;
    }

    /** Where tunnels and relays run. */
    public EventLoopGroup loops() {
        return loops.join();
    }

    @Override
    public void close() {
        api.close();
        loops.join().shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
}
