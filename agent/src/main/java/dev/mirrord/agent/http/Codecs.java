package dev.mirrord.agent.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;

/** Both sides' settings: wide windows, since a slow reader is held back stream by stream. */
final class Codecs {
    private static final int STREAM_WINDOW = 1 << 20;
    private static final int MORE_FOR_CONNECTION = 4 << 20;
    private static final int LONGEST_HEADERS = 64 * 1024;
    private static final int MOST_STREAMS = 256;

    private Codecs() {}

    static void server(Channel channel, ChannelHandler stream) {
        Http2FrameCodec codec =
                Http2FrameCodecBuilder.forServer()
                        .initialSettings(settings().maxConcurrentStreams(MOST_STREAMS))
                        .gracefulShutdownTimeoutMillis(0)
                        .build();
        install(channel, codec, stream);
    }

    /** Streams beyond the far side's limit wait for their turn. */
    static void client(Channel channel, ChannelHandler pushed) {
        Http2FrameCodec codec =
                Http2FrameCodecBuilder.forClient()
                        .initialSettings(settings().pushEnabled(false))
                        .encoderEnforceMaxConcurrentStreams(true)
                        .gracefulShutdownTimeoutMillis(0)
                        .build();
        install(channel, codec, pushed);
    }

    private static Http2Settings settings() {
        return Http2Settings.defaultSettings()
                .initialWindowSize(STREAM_WINDOW)
                .maxHeaderListSize(LONGEST_HEADERS);
    }

    private static void install(Channel channel, Http2FrameCodec codec, ChannelHandler streams) {
        channel.pipeline().addLast(codec, new Http2MultiplexHandler(streams));
        // To the codec itself: what its context writes goes past it.
        ChannelHandlerContext context = channel.pipeline().context(codec);
        codec.write(
                context,
                new DefaultHttp2WindowUpdateFrame(MORE_FOR_CONNECTION),
                context.newPromise());
        codec.flush(context);
    }
}
