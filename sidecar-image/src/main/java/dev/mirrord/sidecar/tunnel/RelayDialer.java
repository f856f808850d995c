package dev.mirrord.sidecar.tunnel;

import dev.mirrord.sidecar.EventLoops;
import dev.mirrord.sidecar.Log;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.util.concurrent.TimeUnit;

/** Keeps a number of connections to the CLI's relay socket; a lost one is dialled again. */
public final class RelayDialer {
    private static final long FIRST_MILLISECONDS = 50;
    private static final long LONGEST_MILLISECONDS = 2_000;
    private static final long STEADY_MILLISECONDS = 5_000;

    private final String path;
    private final Tunnels tunnels;
    private volatile boolean stopped;

    public RelayDialer(String path, Tunnels tunnels) {
        this.path = path;
        this.tunnels = tunnels;
    }

    public void start(int count) {
        for (int i = 0; i < count; i++) {
            dial(FIRST_MILLISECONDS);
        }
    }

    public void stop() {
        stopped = true;
    }

    private void dial(long backoff) {
        if (stopped) {
            return;
        }
        ChannelFuture connecting =
                new Bootstrap()
                        .group(EventLoops.group())
                        .channel(EpollDomainSocketChannel.class)
                        .option(ChannelOption.AUTO_READ, false)
                        .handler(new ChannelInboundHandlerAdapter())
                        .connect(new DomainSocketAddress(path));
        connecting.addListener(
                done -> {
                    if (done.isSuccess()) {
                        long started = System.nanoTime();
                        tunnels.add(connecting.channel(), () -> again(started, backoff));
                    } else {
                        tunnels.failed("the CLI's socket cannot be reached: " + done.cause());
                        Log.line("relay not reached", "why", done.cause());
                        later(Math.min(backoff * 2, LONGEST_MILLISECONDS));
                    }
                });
    }

    private void again(long started, long backoff) {
        long lived = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
        later(
                lived > STEADY_MILLISECONDS
                        ? FIRST_MILLISECONDS
                        : Math.min(backoff * 2, LONGEST_MILLISECONDS));
    }

    private void later(long backoff) {
        if (!stopped) {
            EventLoops.next().schedule(() -> dial(backoff), backoff, TimeUnit.MILLISECONDS);
        }
    }
}
