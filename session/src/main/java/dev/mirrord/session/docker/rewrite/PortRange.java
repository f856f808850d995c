package dev.mirrord.session.docker.rewrite;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** {@code 80} or {@code 8000-8010}, both ends included. */
record PortRange(int first, int last) {

    static Optional<PortRange> parse(String text) {
        int dash = text.indexOf('-');
        Optional<Integer> first = port(dash < 0 ? text : text.substring(0, dash));
        Optional<Integer> last = dash < 0 ? first : port(text.substring(dash + 1));
        if (first.isEmpty() || last.isEmpty() || first.get() > last.get()) {
            return Optional.empty();
        }
        return Optional.of(new PortRange(first.get(), last.get()));
    }

    private static Optional<Integer> port(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        int port = Integer.parseInt(text);
        return port > 65535 ? Optional.empty() : Optional.of(port);
    }

    int size() {
        return last - first + 1;
    }

    List<Integer> ports() {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    String text() {
        return first == last ? String.valueOf(first) : first + "-" + last;
    }
}
