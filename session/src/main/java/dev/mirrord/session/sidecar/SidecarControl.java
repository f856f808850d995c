package dev.mirrord.session.sidecar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** JSON lines to and from one sidecar. */
public final class SidecarControl implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OutputStream out;
    private final Runnable hangUp;

    private SidecarControl(OutputStream out, Runnable hangUp) {
        this.out = out;
        this.hangUp = hangUp;
    }

    /**
     * Starts to read {@code in} on a thread of its own.
     *
     * @param hangUp ends what carries the two streams
     */
    public static SidecarControl start(
            InputStream in, OutputStream out, ControlListener listener, Runnable hangUp) {
        SidecarControl control = new SidecarControl(out, hangUp);
        Thread.ofPlatform().daemon().name("sidecar-control").start(() -> read(in, listener));
        return control;
    }

    /** An empty message of a type. */
    public static ObjectNode message(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    public synchronized void send(ObjectNode message) throws IOException {
        out.write((message.toString() + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            // The sidecar has gone already.
        }
        hangUp.run();
    }

    private static void read(InputStream in, ControlListener listener) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line; (line = reader.readLine()) != null; ) {
                JsonNode message = JSON.readTree(line);
                listener.onMessage(message.path("type").asText(), message);
            }
        } catch (IOException e) {
            // As at the end of the stream: whoever listens is told below.
        }
        listener.onClosed();
    }
}
