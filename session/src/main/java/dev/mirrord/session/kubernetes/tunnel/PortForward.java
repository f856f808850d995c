package dev.mirrord.session.kubernetes.tunnel;

import dev.mirrord.session.kubernetes.cluster.ApiReply;
import dev.mirrord.session.kubernetes.cluster.ApiServer;
import dev.mirrord.session.kubernetes.cluster.Cluster;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import dev.mirrord.session.kubernetes.cluster.PodRef;
import dev.mirrord.session.kubernetes.cluster.Refusals;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to ports inside pods through the API server, as kubectl does: {@code
 * SPDY/3.1+portforward.k8s.io} over a WebSocket (a GET: verb get on pods/portforward, from
 * Kubernetes 1.35 create too), and where that is refused, SPDY by POST (verb create).
 */
public final class PortForward {

    private static final String SUBPROTOCOL = "SPDY/3.1+portforward.k8s.io";
    private static final String STREAM_PROTOCOL = "portforward.k8s.io";
    private static final int ANSWER_SECONDS = 20;

    /** How a forward travels. */
    public enum Transport {
        WEBSOCKET,
        SPDY
    }

    private final ApiServer api;
    private volatile Transport transport = Transport.WEBSOCKET;

    public PortForward(Cluster cluster) {
        this.api = cluster.api();
    }

    /** What the last forward used, and the next one tries first. */
    public Transport transport() {
        return transport;
    }

    /** Takes this first; the other is still tried when a WebSocket is refused. */
    public PortForward preferring(Transport preferred) {
        transport = preferred;
        return this;
    }

    /** Completes when bytes can be written; that the port refuses is told by {@code closed()}. */
    public CompletableFuture<PortForwardChannel> open(PodRef pod, int port) {
        return open(pod, port, null, null);
    }

    /**
     * @param loop where the connection runs, best that of the channel it is joined with
     * @param patience for a pod that is still being started
     */
    public CompletableFuture<PortForwardChannel> open(
            PodRef pod, int port, @Nullable EventLoop loop, @Nullable Patience patience) {
        CompletableFuture<PortForwardChannel> opened = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("mirrord-forward-open")
                .start(
                        () -> {
                            try {
                                opened.complete(openNow(pod, port, loop, patience));
                            } catch (RuntimeException | InterruptedException failure) {
                                opened.completeExceptionally(failure);
                            }
                        });
        return opened;
    }

    private PortForwardChannel openNow(
            PodRef pod, int port, @Nullable EventLoop loop, @Nullable Patience patience)
            throws InterruptedException {
        Attempt first = attempt(transport, pod, port, loop, patience);
        while (first.channel() == null
                && patience != null
                && patience.goesOn()
                && mayChange(first.refusal().status())) {
            TimeUnit.MILLISECONDS.sleep(2 * Patience.PAUSE_MILLISECONDS);
            first = attempt(transport, pod, port, loop, patience);
        }
        if (first.channel() != null) {
            return first.channel();
        }
        int status = first.refusal().status();
        if (transport == Transport.WEBSOCKET && status != 401 && status != 404) {
            Attempt second = attempt(Transport.SPDY, pod, port, loop, patience);
            if (second.channel() != null) {
                transport = Transport.SPDY;
                return second.channel();
            }
            throw refused(second.refusal(), pod);
        }
        throw refused(first.refusal(), pod);
    }

    /** The node answers so while it knows no sandbox of the pod yet. */
    private static boolean mayChange(int status) {
        return status == 400 || status == 404 || status >= 500;
    }

    /** Either a channel or why not. */
    private record Attempt(@Nullable PortForwardChannel channel, ApiReply refusal) {}

    private Attempt attempt(
            Transport by,
            PodRef pod,
            int port,
            @Nullable EventLoop loop,
            @Nullable Patience patience) {
        ApiServer.Upgradable connection = api.upgradable(loop);
        Attempt attempt = upgrade(connection, by, pod, port, patience);
        if (attempt.refusal().status() == 401 && api.renew(connection)) {
            return upgrade(api.upgradable(loop), by, pod, port, patience);
        }
        return attempt;
    }

    private Attempt upgrade(
            ApiServer.Upgradable connection,
            Transport by,
            PodRef pod,
            int port,
            @Nullable Patience patience) {
        Channel channel = connection.channel();
        UpgradeHandler handler = new UpgradeHandler();
        String key = WebSocket.newKey();
        byte[] request = request(connection, by, pod, key);
        ForwardHandler forward = forwardHandler(by, pod, port, patience);
        CompletableFuture<UpgradeHandler.Answer> upgraded =
                handler.answer.thenApply(
                        answer -> {
                            // on the event loop, before any byte after the head is passed on
                            if (answer.status() == 101 && accepted(answer, by, key)) {
                                // a pod that is still being started has nothing to say but refusals
                                channel.config().setAutoRead(patience != null);
                                if (by == Transport.WEBSOCKET) {
                                    connection.add("ws", new WebSocketReceiver());
                                }
                                connection.add("spdy", forward);
                            }
                            return answer;
                        });
        channel.eventLoop()
                .execute(
                        () -> {
                            connection.add("upgrade", handler);
                            channel.writeAndFlush(Unpooled.wrappedBuffer(request));
                        });
        UpgradeHandler.Answer answer = await(upgraded, channel, pod);
        ApiReply reply = new ApiReply(answer.status(), answer.body());
        if (answer.status() != 101) {
            return new Attempt(null, reply);
        }
        if (!accepted(answer, by, key)) {
            channel.close();
            String why = "the upgrade was answered with another protocol";
            return new Attempt(null, new ApiReply(502, why));
        }
        return new Attempt(new PortForwardChannel(channel, forward), reply);
    }

    private static ForwardHandler forwardHandler(
            Transport by, PodRef pod, int port, @Nullable Patience patience) {
        Framing framing =
                switch (by) {
                    case WEBSOCKET -> new Framing.InWebSocket();
                    case SPDY -> new Framing.Bare();
                };
        return new ForwardHandler(
                "port-forward to pod " + pod + " port " + port, port, framing, patience);
    }

    private byte[] request(ApiServer.Upgradable connection, Transport by, PodRef pod, String key) {
        HttpHeaders headers = new DefaultHttpHeaders();
        connection.headers().accept(headers);
        headers.set("Connection", "Upgrade");
        String method =
                switch (by) {
                    case WEBSOCKET -> {
                        headers.set("Upgrade", "websocket");
                        headers.set("Sec-WebSocket-Version", "13");
                        headers.set("Sec-WebSocket-Key", key);
                        headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
                        yield "GET ";
                    }
                    case SPDY -> {
                        headers.set("Upgrade", "SPDY/3.1");
                        headers.set("X-Stream-Protocol-Version", STREAM_PROTOCOL);
                        headers.set("Content-Length", "0");
                        yield "POST ";
                    }
                };
        StringBuilder head = new StringBuilder(method);
        head.append(api.target(pod.path() + "/portforward")).append(" HTTP/1.1\r\n");
        headers.forEach(
                header ->
                        head.append(header.getKey())
                                .append(": ")
                                .append(header.getValue())
                                .append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean accepted(UpgradeHandler.Answer answer, Transport by, String key) {
        return switch (by) {
            case WEBSOCKET ->
                    WebSocket.accept(key).equals(answer.header("sec-websocket-accept"))
                            && SUBPROTOCOL.equals(answer.header("sec-websocket-protocol"));
            case SPDY -> answer.header("upgrade").toUpperCase(Locale.ROOT).startsWith("SPDY/3.1");
        };
    }

    private static UpgradeHandler.Answer await(
            CompletableFuture<UpgradeHandler.Answer> upgraded, Channel channel, PodRef pod) {
        String what = "port-forward to pod " + pod + " failed";
        try {
            return upgraded.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException slow) {
            channel.close();
            throw new ClusterFailure(
                    Kind.TIMEOUT, what, "no answer within " + ANSWER_SECONDS + " s", "", slow);
        } catch (ExecutionException failure) {
            channel.close();
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw new ClusterFailure(
                    Kind.UNREACHABLE, what, String.valueOf(cause.getMessage()), "", cause);
        } catch (InterruptedException stop) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new ClusterFailure(Kind.TIMEOUT, what, "interrupted", "", stop);
        }
    }

    private static ClusterFailure refused(ApiReply reply, PodRef pod) {
        return switch (reply.status()) {
            case 401 -> Refusals.of(reply, "get", "pods/portforward", pod.namespace());
            case 403 -> Refusals.of(reply, "create", "pods/portforward", pod.namespace());
            case 404 ->
                    new ClusterFailure(
                            Kind.NOT_FOUND,
                            "port-forward to pod " + pod + " failed",
                            "the pod is gone (404)",
                            "");
            default ->
                    new ClusterFailure(
                            Kind.UNEXPECTED,
                            "port-forward to pod " + pod + " failed",
                            reply.status() + " " + reply.message(),
                            "");
        };
    }
}
