package dev.mirrord.session.kubernetes.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the API server: HTTP/1.1 over kept-alive connections, JSON in and out, never typed.
 * All methods block and belong on a virtual thread. A 401 is answered once with renewed
 * credentials.
 */
public final class ApiServer {

    private static final String JSON = "application/json, */*";
    private static final String TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int LONGEST_LINE = 64 * 1024;

    private final Endpoint endpoint;
    private final Credentials credentials;
    private final ApiConnector connector;
    private final Supplier<EventLoopGroup> loops;
    private final IdleConnections idle = new IdleConnections();
    private final AtomicReference<@Nullable CompletableFuture<Channel>> warming =
            new AtomicReference<>();

    ApiServer(Endpoint endpoint, Credentials credentials, Supplier<EventLoopGroup> loops) {
        this.endpoint = endpoint;
        this.credentials = credentials;
        this.connector = new ApiConnector(endpoint);
        this.loops = loops;
    }

    /** Its URL as the kubeconfig has it. */
    public String url() {
        return endpoint.server().toString();
    }

    public ApiReply get(String path) {
        return send(HttpMethod.GET, path, null);
    }

    /** A list as a table of what kubectl would print: a tenth of the objects' size. */
    public ApiReply table(String path) {
        return send(HttpMethod.GET, path, null, TABLE);
    }

    public ApiReply post(String path, JsonNode body) {
        return send(HttpMethod.POST, path, body);
    }

    public ApiReply put(String path, JsonNode body) {
        return send(HttpMethod.PUT, path, body);
    }

    public ApiReply delete(String path, JsonNode options) {
        return send(HttpMethod.DELETE, path, options);
    }

    /**
     * Connects ahead of need, in the background; the next request waits for it and tells failures.
     */
    public void warm() {
        CompletableFuture<Channel> connecting = new CompletableFuture<>();
        warming.set(connecting);
        Thread.ofPlatform()
                .daemon()
                .name("mirrord-connect")
                .start(
                        () -> {
                            try {
                                Identity identity = credentials.identity();
                                connector.prepare(identity);
                                connecting.complete(connect(identity));
                            } catch (RuntimeException failure) {
                                connecting.completeExceptionally(failure);
                            }
                        });
    }

    private Channel take(Identity identity) {
        Channel kept = idle.take();
        if (kept != null) {
            return kept;
        }
        CompletableFuture<Channel> connecting = warming.getAndSet(null);
        if (connecting == null) {
            return connect(identity);
        }
        try {
            Channel warm = connecting.join();
            return warm.isActive() ? warm : connect(identity);
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof ClusterFailure told) {
                throw told;
            }
            throw failure;
        }
    }

    private ApiReply send(HttpMethod method, String path, @Nullable JsonNode body) {
        return send(method, path, body, JSON);
    }

    private ApiReply send(
            HttpMethod method, String path, @Nullable JsonNode body, String accepted) {
        Identity identity = credentials.identity();
        ApiReply reply =
                await(
                        exchange(identity, method, path, body, accepted, null).exchange().reply,
                        path);
        if (reply.status() == 401 && credentials.renew(identity)) {
            identity = credentials.identity();
            reply =
                    await(
                            exchange(identity, method, path, body, accepted, null).exchange().reply,
                            path);
        }
        return reply;
    }

    /**
     * Follows a watch or a log. {@code lines} is called on an event loop and must not block.
     *
     * @throws ClusterFailure if the server cannot be reached
     */
    public LineStream follow(String path, Consumer<String> lines) {
        Identity identity = credentials.identity();
        Sent sent = exchange(identity, HttpMethod.GET, path, null, JSON, lines);
        int status = await(sent.exchange().started, path);
        if (status == 401 && credentials.renew(identity)) {
            sent = exchange(credentials.identity(), HttpMethod.GET, path, null, JSON, lines);
        }
        return new LineStream(sent.channel(), sent.exchange().reply);
    }

    private record Sent(Channel channel, Exchange exchange) {}

    private Sent exchange(
            Identity identity,
            HttpMethod method,
            String path,
            @Nullable JsonNode body,
            String accepted,
            @Nullable Consumer<String> lines) {
        Channel channel = take(identity);
        Exchange exchange =
                new Exchange(
                        lines,
                        reusable -> {
                            if (reusable) {
                                idle.give(channel);
                            } else {
                                channel.close();
                            }
                        });
        ByteBuf content =
                body == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes(body));
        var request =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1, method, endpoint.target(path), content);
        headers(request.headers(), identity);
        request.headers().set(HttpHeaderNames.ACCEPT, accepted);
        if (body != null) {
            request.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
            request.headers().set(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
        }
        channel.eventLoop()
                .execute(
                        () -> {
                            channel.pipeline().addBefore(PipelineEnd.NAME, "exchange", exchange);
                            if (!channel.isActive()) {
                                channel.pipeline().fireChannelInactive();
                            }
                            channel.writeAndFlush(request);
                        });
        return new Sent(channel, exchange);
    }

    private static byte[] bytes(JsonNode body) {
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void headers(HttpHeaders headers, Identity identity) {
        headers.set(HttpHeaderNames.HOST, endpoint.authority());
        headers.set(HttpHeaderNames.USER_AGENT, "mirrord");
        headers.set(HttpHeaderNames.ACCEPT, JSON);
        identity.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
    }

    private Channel connect(Identity identity) {
        Channel channel = connector.connect(loops.get().next(), identity);
        channel.pipeline()
                .addBefore(
                        PipelineEnd.NAME,
                        "http",
                        new HttpClientCodec(4096, LONGEST_LINE, 64 * 1024));
        return channel;
    }

    private <T> T await(CompletableFuture<T> answer, String path) {
        String what = "the API server " + url() + " did not answer";
        try {
            return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw new ClusterFailure(
                    Kind.TIMEOUT, what, "nothing within 30 s on " + path, "try again", slow);
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw new ClusterFailure(
                    Kind.UNREACHABLE,
                    what,
                    "the connection was lost: " + cause,
                    "check that the cluster runs and that kubectl reaches it",
                    cause);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new ClusterFailure(Kind.TIMEOUT, what, "interrupted", "", stop);
        }
    }

    /**
     * An own connection for a protocol that starts as an HTTP upgrade, TLS done, and the headers
     * that the upgrade request needs. Blocks.
     */
    public Upgradable upgradable(@Nullable EventLoop loop) {
        Identity identity = credentials.identity();
        Channel channel = connector.connect(loop == null ? loops.get().next() : loop, identity);
        return new Upgradable(channel, headers -> headers(headers, identity), identity);
    }

    /** True when the 401 that {@code refused} met may be gone with new credentials. */
    public boolean renew(Upgradable refused) {
        return credentials.renew(refused.identity());
    }

    /** The request target for an API path, with the prefix of the server's URL. */
    public String target(String path) {
        return endpoint.target(path);
    }

    /** A connection that nothing was sent on. */
    public record Upgradable(Channel channel, Consumer<HttpHeaders> headers, Object token) {

        Identity identity() {
            return (Identity) token;
        }

        /** Puts a handler behind TLS. */
        public void add(String name, ChannelHandler handler) {
            channel.pipeline().addBefore(PipelineEnd.NAME, name, handler);
        }
    }

    void close() {
        idle.close();
    }
}
