package dev.mirrord.session;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/**
 * Prints mirrored connections and datagrams. As JSON, {@code text} has the bytes if they are UTF-8,
 * otherwise {@code base64}.
 */
final class DumpPrinter {
    private final PrintStream out;
    private final DumpFormat format;
    private final ObjectMapper json = new ObjectMapper();
    private long connections;
    private long datagrams;

    DumpPrinter(PrintStream out, DumpFormat format) {
        this.out = out;
        this.format = format;
    }

    /** What there was, for the user. */
    synchronized String printed() {
        return connections
                + " connections"
                + (datagrams > 0 ? " and " + datagrams + " datagrams" : "")
                + " printed";
    }

    synchronized void datagram(
            InetSocketAddress peer, InetSocketAddress destination, byte[] bytes) {
        datagrams++;
        switch (format) {
            case text -> {
                out.println(
                        "--- %s sends %s a datagram of %d bytes"
                                .formatted(address(peer), address(destination), bytes.length));
                text(bytes);
            }
            case json ->
                    line(
                            content(
                                    event("datagram")
                                            .put("peer", address(peer))
                                            .put("destination", address(destination)),
                                    bytes));
        }
    }

    /** Returns the connection's number, from 1 on. */
    synchronized long opened(InetSocketAddress peer, InetSocketAddress destination) {
        connections++;
        switch (format) {
            case text -> head(connections, address(peer) + " connects to " + address(destination));
            case json ->
                    line(
                            event("open", connections)
                                    .put("peer", address(peer))
                                    .put("destination", address(destination)));
        }
        return connections;
    }

    synchronized void data(long connection, byte[] bytes) {
        switch (format) {
            case text -> {
                head(connection, bytes.length + " bytes");
                text(bytes);
            }
            case json -> line(content(event("data", connection), bytes));
        }
    }

    private void text(byte[] bytes) {
        String text = printable(bytes);
        out.print(text.endsWith("\n") ? text : text + "\n");
        out.flush();
    }

    private static ObjectNode content(ObjectNode event, byte[] bytes) {
        event.put("bytes", bytes.length);
        try {
            return event.put(
                    "text",
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return event.put("base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    /** The client has said all. */
    synchronized void ended(long connection) {
        switch (format) {
            case text -> head(connection, "ends");
            case json -> line(event("end", connection));
        }
    }

    /** The connection was reset, or cannot be followed any more. */
    synchronized void reset(long connection) {
        switch (format) {
            case text -> head(connection, "is reset");
            case json -> line(event("reset", connection));
        }
    }

    private ObjectNode event(String event, long connection) {
        return event(event).put("connection", connection);
    }

    private ObjectNode event(String event) {
        return json.createObjectNode().put("time", Instant.now().toString()).put("event", event);
    }

    private void line(ObjectNode event) {
        out.println(event);
        out.flush();
    }

    private void head(long connection, String text) {
        out.println("--- " + connection + ": " + text);
        out.flush();
    }

    private static String address(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static String printable(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte each : bytes) {
            boolean plain = (each >= ' ' && each < 127) || each == '\n' || each == '\t';
            if (plain) {
                text.append((char) each);
            } else if (each != '\r') {
                text.append("\\x%02x".formatted(each & 0xff));
            }
        }
        return text.toString();
    }
}
