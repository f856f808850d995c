package dev.mirrord.agent.incoming;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.agent.filter.HttpFilter;
import dev.mirrord.agent.passing.OwnTraffic;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.PortProtocol;
import dev.mirrord.protocol.tunnel.DeafListener;
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
    private final PortSource udpSteal;
    private final PortSource udpMirror;
    private final TlsEnding tls;

    public Subscriptions(
            PortSource steal,
            PortSource mirror,
            PortSource udpSteal,
            PortSource udpMirror,
            TlsEnding tls) {
        this.steal = steal;
        this.mirror = mirror;
        this.udpSteal = udpSteal;
        this.udpMirror = udpMirror;
        this.tls = tls;
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
        String protocol = request.path("protocol").asText(PortProtocol.TCP.text());
        Optional<PortSource> source =
                PortProtocol.of(protocol)
                        .flatMap(known -> source(mode, known, request.path("tls")));
        if (source.isEmpty()) {
            stream.refuse(
                    Errno.EINVAL,
                    "unknown mode \"%s\" or protocol \"%s\"".formatted(mode, protocol));
            return new DeafListener();
        }
        return Subscription.begin(stream, port, filter, source.get());
    }

    private Optional<PortSource> source(String mode, PortProtocol protocol, JsonNode tls) {
        return switch (mode) {
            case "steal" ->
                    switch (protocol) {
                        case TCP ->
                                Optional.of(
                                        tls.isMissingNode() || tls.isNull()
                                                ? steal
                                                : this.tls.over(steal, tls));
                        case UDP -> Optional.of(udpSteal);
                    };
            case "mirror" ->
                    switch (protocol) {
                        case TCP -> Optional.of(mirror);
                        case UDP -> Optional.of(udpMirror);
                    };
            default -> Optional.empty();
        };
    }
}
