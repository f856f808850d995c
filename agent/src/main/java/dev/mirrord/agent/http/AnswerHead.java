package dev.mirrord.agent.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What has to be known of an answer to find its end. */
record AnswerHead(Head head, int status, boolean old) {

    static Optional<AnswerHead> of(Head head) {
        String line = head.first();
        boolean old = line.startsWith("HTTP/1.0 ");
        if (line.length() < 12 || !(old || line.startsWith("HTTP/1.1 "))) {
            return Optional.empty();
        }
        int status = 0;
        for (int i = 9; i < 12; i++) {
            int digit = Character.digit(line.charAt(i), 10);
            if (digit < 0) {
                return Optional.empty();
            }
            status = status * 10 + digit;
        }
        return Optional.of(new AnswerHead(head, status, old));
    }

    boolean isInterim() {
        return status < 200 && status != 101;
    }

    /** RFC 9112, 6.3. */
    Body body(boolean toHead) {
        if (toHead || status == 204 || status == 304) {
            return Body.ofLength(0);
        }
        List<String> encodings = head.values("transfer-encoding");
        if (!encodings.isEmpty()) {
            boolean chunked =
                    encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked");
            return chunked && !old ? Body.chunked() : Body.endless();
        }
        try {
            long length = head.contentLength();
            return length < 0 ? Body.endless() : Body.ofLength(length);
        } catch (NumberFormatException e) {
            return Body.endless();
        }
    }

    boolean closes() {
        return head.lists("connection", "close")
                || (old && !head.lists("connection", "keep-alive"));
    }

    /** The same head with one field more, or with the end of the connection said. */
    byte[] with(String field, boolean close) {
        StringBuilder text = new StringBuilder(head.first()).append("\r\n");
        for (String line : head.fields()) {
            if (!close || !Head.isNamed(line, "connection")) {
                text.append(line).append("\r\n");
            }
        }
        text.append(field).append(close ? "Connection: close\r\n" : "").append("\r\n");
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
