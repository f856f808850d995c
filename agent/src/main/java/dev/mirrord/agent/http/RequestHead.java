package dev.mirrord.agent.http;

import dev.mirrord.agent.filter.Request;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What has to be known of a request to pass it on and to understand its answer.
 *
 * @param upgrade the client would rather speak something else: the answer says whether it does
 * @param last the client asks for nothing more on this connection (RFC 9112, 9.3 and 9.6)
 * @param patient the client waits for leave to send the body
 * @param rewritten what is sent instead of the head: without the offer to go on in HTTP/2, after
 *     which no request could be judged
 */
record RequestHead(
        Head head,
        Request request,
        Body body,
        boolean upgrade,
        boolean last,
        boolean patient,
        Optional<byte[]> rewritten) {
    private static final Set<String> TO_HTTP2 = Set.of("upgrade", "http2-settings", "connection");

    /** Empty for what is not to be split, since its receiver might read it in another way. */
    static Optional<RequestHead> of(Head head) {
        String[] words = head.first().split(" ", -1);
        if (words.length != 3 || words[1].isEmpty() || !Head.isToken(words[0], words[0].length())) {
            return Optional.empty();
        }
        boolean old = words[2].equals("HTTP/1.0");
        List<String> encodings = head.values("transfer-encoding");
        boolean chunked = encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked");
        if ((!old && !words[2].equals("HTTP/1.1"))
                || words[0].equals("CONNECT")
                || (!encodings.isEmpty() && (old || !chunked))) {
            return Optional.empty();
        }
        long length;
        try {
            length = head.contentLength();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
        if (chunked && length >= 0) {
            return Optional.empty();
        }
        boolean toHttp2 = head.lists("upgrade", "h2c");
        return Optional.of(
                new RequestHead(
                        head,
                        new Request(words[0], origin(words[1]), head.normalised()),
                        chunked ? Body.chunked() : Body.ofLength(Math.max(0, length)),
                        !old && !toHttp2 && head.lists("connection", "upgrade"),
                        head.lists("connection", "close")
                                || (old && !head.lists("connection", "keep-alive")),
                        head.lists("expect", "100-continue"),
                        toHttp2 ? Optional.of(withoutUpgrade(head)) : Optional.empty()));
    }

    /** What the app is sent instead of the head. */
    Optional<byte[]> toApp(Optional<OwnField> own) {
        if (own.isEmpty()) {
            return rewritten;
        }
        Set<String> dropped = new HashSet<>(rewritten.isPresent() ? TO_HTTP2 : Set.of());
        dropped.add(own.get().name().toLowerCase(Locale.ROOT));
        String added = own.get().value().map(v -> own.get().name() + ": " + v + "\r\n").orElse("");
        return Optional.of(written(head, dropped, added));
    }

    private static byte[] withoutUpgrade(Head head) {
        return written(head, TO_HTTP2, "");
    }

    private static byte[] written(Head head, Set<String> dropped, String added) {
        StringBuilder text = new StringBuilder(head.first()).append("\r\n");
        for (String field : head.fields()) {
            String name = field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);
            if (!dropped.contains(name)) {
                text.append(field).append("\r\n");
            }
        }
        text.append(added);
        if (dropped.contains("connection") && head.lists("connection", "close")) {
            text.append("Connection: close\r\n");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Path and query, also of a request in absolute form. */
    private static String origin(String target) {
        int authority = target.indexOf("://");
        if (target.startsWith("/") || authority < 0) {
            return target;
        }
        int path = target.indexOf('/', authority + 3);
        return path < 0 ? "/" : target.substring(path);
    }
}
