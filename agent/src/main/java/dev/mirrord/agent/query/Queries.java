package dev.mirrord.agent.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mirrord.agent.target.Capabilities;
import dev.mirrord.agent.target.Target;
import dev.mirrord.linux.Errno;
import dev.mirrord.protocol.tunnel.DeafListener;
import dev.mirrord.protocol.tunnel.StreamListener;
import dev.mirrord.protocol.tunnel.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Answers streams of kind QUERY. */
public final class Queries {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Target target;
    private final AgentStatus status;

    public Queries(Target target, AgentStatus status) {
        this.target = target;
        this.status = status;
    }

    /** Reads the request in {@code payload} and answers it at once. */
    public StreamListener open(TunnelStream stream, ByteBuf payload) throws IOException {
        JsonNode request;
        try (InputStream in = new ByteBufInputStream(payload)) {
            request = JSON.readTree(in);
        }
        String type = request.path("type").asText();
        try {
            byte @Nullable [] answer =
                    switch (type) {
                        case "environment" -> Files.readAllBytes(target.proc("environ"));
                        case "target" -> JSON.writeValueAsBytes(TargetFacts.of(target));
                        case "status" -> JSON.writeValueAsBytes(status.read());
                        default -> null;
                    };
            if (answer == null) {
                stream.refuse(Errno.EINVAL, "unknown query \"%s\"".formatted(type));
            } else {
                stream.accept();
                stream.write(Unpooled.wrappedBuffer(answer));
                stream.end();
            }
        } catch (AccessDeniedException e) {
            stream.refuse(Errno.EACCES, Capabilities.own().whyUnreadable(e.getFile()));
        } catch (NoSuchFileException e) {
            stream.refuse(
                    Errno.ESRCH, "cannot read %s: the target has ended".formatted(e.getFile()));
        } catch (IOException e) {
            stream.refuse(Errno.EIO, "cannot answer \"%s\": %s".formatted(type, e.getMessage()));
        }
        return new DeafListener();
    }
}
