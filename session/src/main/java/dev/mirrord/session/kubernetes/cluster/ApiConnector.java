package dev.mirrord.session.kubernetes.cluster;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to the API server: through the proxy if there is one, TLS done, nothing of HTTP
 * sent yet. Used by requests and tunnels alike, so both reach the server in the same way.
 */
final class ApiConnector {

    private static final int CONNECT_MILLIS = 10_000;

    private final Endpoint endpoint;
    private final TlsContexts tls;
    private final ConnectFailures failures;

    ApiConnector(Endpoint endpoint) {
        this.endpoint = endpoint;
        this.tls = new TlsContexts(endpoint);
        this.failures = new ConnectFailures(endpoint);
    }

    /** Does what connecting needs and no network: loads classes, builds the TLS context. */
    void prepare(Identity identity) {
        if (endpoint.tls()) {
            tls.of(identity);
        }
    }

    /** Blocks until connected. */
    Channel connect(EventLoop loop, Identity identity) {
        SslContext context = endpoint.tls() ? tls.of(identity) : null;
        try {
            Throwable last = null;
            for (InetSocketAddress address : addresses()) {
                try {
                    return connect(loop, context, address).get();
                } catch (ExecutionException failure) {
                    last = failure.getCause() == null ? failure : failure.getCause();
                }
            }
            throw failures.of(last == null ? new UnknownHostException(endpoint.host()) : last);
        } catch (UnknownHostException | SSLException failure) {
            throw failures.of(failure);
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            throw failures.of(failure);
        }
    }

    /** With a proxy one unresolved address: its name is the proxy's to resolve. */
    private InetSocketAddress[] addresses() throws UnknownHostException {
        if (endpoint.proxy() != null) {
            return new InetSocketAddress[] {
                InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port())
            };
        }
        InetAddress[] found = InetAddress.getAllByName(endpoint.host());
        InetSocketAddress[] addresses = new InetSocketAddress[found.length];
        for (int index = 0; index < found.length; index++) {
            addresses[index] = new InetSocketAddress(found[index], endpoint.port());
        }
        return addresses;
    }

    private CompletableFuture<Channel> connect(
            EventLoop loop, @Nullable SslContext context, InetSocketAddress address)
            throws SSLException, UnknownHostException {
        ProxyHandler proxy = proxy(endpoint.proxy());
        SslHandler outer = outerTls(endpoint.proxy());
        CompletableFuture<Channel> connected = new CompletableFuture<>();
        ChannelFuture connect =
                new Bootstrap()
                        .group(loop)
                        .channel(NioSocketChannel.class)
                        .resolver(NoopAddressResolverGroup.INSTANCE)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.SO_KEEPALIVE, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                        .option(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(128 * 1024, 256 * 1024))
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(PipelineEnd.NAME, new PipelineEnd());
                                        if (outer != null) {
                                            channel.pipeline()
                                                    .addBefore(
                                                            PipelineEnd.NAME, "proxy-tls", outer);
                                        }
                                        if (proxy != null) {
                                            channel.pipeline()
                                                    .addBefore(PipelineEnd.NAME, "proxy", proxy);
                                        }
                                        if (context != null) {
                                            channel.pipeline()
                                                    .addBefore(
                                                            PipelineEnd.NAME,
                                                            "tls",
                                                            handler(context, channel));
                                        }
                                    }
                                })
                        .connect(address);
        connect.addListener(
                (Future<Void> tcp) -> {
                    if (!tcp.isSuccess()) {
                        connected.completeExceptionally(tcp.cause());
                        return;
                    }
                    Channel channel = connect.channel();
                    SslHandler handler = channel.pipeline().get(SslHandler.class);
                    SslHandler inner =
                            context == null ? null : (SslHandler) channel.pipeline().get("tls");
                    Future<?> last =
                            inner != null
                                    ? inner.handshakeFuture()
                                    : proxy != null
                                            ? proxy.connectFuture()
                                            : handler == null ? tcp : handler.handshakeFuture();
                    last.addListener(done -> finish(channel, proxy, done, connected));
                });
        return connected;
    }

    private static void finish(
            Channel channel,
            @Nullable ProxyHandler proxy,
            Future<?> done,
            CompletableFuture<Channel> connected) {
        if (done.isSuccess()) {
            connected.complete(channel);
            return;
        }
        Throwable proxyFailure =
                proxy == null || !proxy.connectFuture().isDone()
                        ? null
                        : proxy.connectFuture().cause();
        channel.close();
        connected.completeExceptionally(proxyFailure == null ? done.cause() : proxyFailure);
    }

    private SslHandler handler(SslContext context, Channel channel) {
        String name = endpoint.serverName().isEmpty() ? endpoint.host() : endpoint.serverName();
        SslHandler handler = context.newHandler(channel.alloc(), name, endpoint.port());
        handler.setHandshakeTimeoutMillis(CONNECT_MILLIS);
        return handler;
    }

    private static @Nullable ProxyHandler proxy(@Nullable URI proxy) throws UnknownHostException {
        if (proxy == null) {
            return null;
        }
        var address = new InetSocketAddress(InetAddress.getByName(proxy.getHost()), port(proxy));
        String[] login = login(proxy);
        boolean socks = proxy.getScheme().startsWith("socks5");
        ProxyHandler handler;
        if (login == null) {
            handler = socks ? new Socks5ProxyHandler(address) : new HttpProxyHandler(address);
        } else {
            handler =
                    socks
                            ? new Socks5ProxyHandler(address, login[0], login[1])
                            : new HttpProxyHandler(address, login[0], login[1]);
        }
        handler.setConnectTimeoutMillis(CONNECT_MILLIS);
        return handler;
    }

    private static String @Nullable [] login(URI proxy) {
        String raw = proxy.getRawUserInfo();
        if (raw == null) {
            return null;
        }
        int colon = raw.indexOf(':');
        String user = colon < 0 ? raw : raw.substring(0, colon);
        String password = colon < 0 ? "" : raw.substring(colon + 1);
        return new String[] {
            URLDecoder.decode(user, StandardCharsets.UTF_8),
            URLDecoder.decode(password, StandardCharsets.UTF_8)
        };
    }

    private static int port(URI proxy) {
        if (proxy.getPort() >= 0) {
            return proxy.getPort();
        }
        return switch (proxy.getScheme()) {
            case "https" -> 443;
            case "http" -> 80;
            default -> 1080;
        };
    }

    /** TLS to a proxy of an https:// URL, believed as the API server is: kubectl does so. */
    private @Nullable SslHandler outerTls(@Nullable URI proxy) {
        if (proxy == null || !"https".equals(proxy.getScheme())) {
            return null;
        }
        return tls.ofProxy().newHandler(ByteBufAllocator.DEFAULT, proxy.getHost(), port(proxy));
    }
}
