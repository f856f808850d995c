package dev.mirrord.session.training;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Just enough of an HTTP/1.1 server: fixed answers, one thread for each connection. */
abstract class TrainingServer implements AutoCloseable {
    private static final String LENGTH = "content-length:";

    /** Answers a request with JSON. */
    abstract String answer(String method, String path, String body);

    /** Called instead where an upgrade is asked for; owns the connection until it returns. */
    void upgrade(String head, InputStream in, OutputStream out) throws IOException {}

    /** Answers requests until the client closes. */
    final void serve(InputStream rawIn, OutputStream rawOut) {
        try (InputStream in = new BufferedInputStream(rawIn);
                OutputStream out = new BufferedOutputStream(rawOut)) {
            while (true) {
                String head = head(in);
                if (head.toLowerCase(Locale.ROOT).contains("\r\nupgrade:")) {
                    upgrade(head, in, out);
                    return;
                }
                String[] words = head.split(" ", 3);
                String body = new String(in.readNBytes(length(head)), StandardCharsets.UTF_8);
                byte[] reply = answer(words[0], words[1], body).getBytes(StandardCharsets.UTF_8);
                out.write(
                        ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                                        + reply.length
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                out.write(reply);
                out.flush();
            }
        } catch (IOException closed) {
            // the session has ended this connection
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(LENGTH))
                .mapToInt(line -> Integer.parseInt(line.substring(LENGTH.length()).strip()))
                .findFirst()
                .orElse(0);
    }

    @Override
    public abstract void close() throws IOException;
}
