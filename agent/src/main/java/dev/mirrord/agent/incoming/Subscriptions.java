package dev.mirrord.agent.incoming;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.passing.OwnTraffic;
import dev.mirrord.agent.tunnel.DeafListener;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Answers streams of kind SUBSCRIBE. */
public final class Subscriptions {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PortSource steal;
    private final PortSource mirror;

    public Subscriptions(PortSource steal, PortSource mirror) {
        this.steal = steal;
        this.mirror = mirror;
    }

    /** For what the app itself sends to the target. */
    public OwnTraffic ownTraffic() {
        return new OwnTraffic(steal::has, mirror::has);
    }

    /** Reads the request in {@code payload} and begins the subscription. */
    public StreamListener open(TunnelStream stream, ByteBuf payload) throws IOException {
        JsonNode request;
        try (InputStream in = new ByteBufInputStream(payload)) {
            request = JSON.readTree(in);
        }
        int port = request.path("port").asInt();
        String mode = request.path("mode").asText();
        if (port < 1 || port > 65_535) {
            stream.refuse(Errno.EINVAL, "no such port: " + request.path("port"));
            return new DeafListener();
        }
        Optional<HttpFilter> filter =
                request.hasNonNull("filter")
                        ? Optional.of(HttpFilter.of(request.path("filter")))
                        : Optional.empty();
        return switch (mode) {
            case "steal" -> Subscription.begin(stream, port, filter, steal);
            case "mirror" -> Subscription.begin(stream, port, filter, mirror);
            default -> {
                stream.refuse(Errno.EINVAL, "unknown mode \"%s\"".formatted(mode));
                yield new DeafListener();
            }
        };
    }
}
