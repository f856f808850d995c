package dev.mirrord.agent.http;

import dev.mirrord.protocol.tunnel.InputEnd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import java.util.EnumMap;
import java.util.Map;

/** A client's HTTP/2 connection, and one to each side on which its streams go on. */
final class Http2Connection extends ChannelInboundHandlerAdapter implements Ending {
    private final DuplexChannel client;
    private final Ways ways;
    private final Map<Side, Upstream> upstreams = new EnumMap<>(Side.class);
    private int streams;
    private boolean ending;

    private Http2Connection(DuplexChannel client, Ways ways) {
        this.client = client;
        this.ways = ways;
        upstreams.put(Side.TARGET, new Upstream(ways.loop(), ways::toTarget));
        upstreams.put(Side.APP, new Upstream(ways.loop(), ways::toApp));
    }

    /** Takes a client's connection over; what it has said is then given to its pipeline. */
    static Http2Connection begin(DuplexChannel client, Ways ways) {
        Http2Connection connection = new Http2Connection(client, ways);
        Codecs.server(
                client,
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.pipeline().addLast(new StreamSwitch(connection));
                    }
                });
        client.pipeline().addLast(connection);
        client.config().setAutoRead(true);
        return connection;
    }

    Upstream upstream(Side side) {
        Upstream upstream = upstreams.get(side);
        if (upstream == null) {
            throw new IllegalStateException("no way to " + side);
        }
        return upstream;
    }

    Ways ways() {
        return ways;
    }

    EventLoop loop() {
        return ways.loop();
    }

    void streamBegun() {
        streams++;
    }

    void streamOver() {
        streams--;
        closeIfDone();
    }

    @Override
    public void endSoon() {
        loop().execute(
                        () -> {
                            if (!ending && client.isActive()) {
                                ending = true;
                                client.writeAndFlush(
                                        new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
                                closeIfDone();
                            }
                        });
    }

    @Override
    public void endIfIdle() {
        loop().execute(this::closeIfDone);
    }

    private void closeIfDone() {
        if (ending && streams == 0) {
            client.config().setOption(ChannelOption.SO_LINGER, -1);
            client.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        ReferenceCountUtil.release(frame);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (InputEnd.is(event)) {
            client.config().setOption(ChannelOption.SO_LINGER, -1);
            client.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        upstreams.values().forEach(Upstream::close);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        client.close();
    }
}
