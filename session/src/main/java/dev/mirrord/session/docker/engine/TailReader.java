package dev.mirrord.session.docker.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads a stream to its end and keeps the last 4 KiB. */
final class TailReader {

    private static final int KEPT = 4096;

    private final StringBuilder tail = new StringBuilder();
    private final Thread thread;

    private TailReader(InputStream stream) {
        this.thread =
                Thread.ofPlatform().daemon().name("client stderr").unstarted(() -> read(stream));
    }

    static TailReader of(InputStream stream) {
        TailReader reader = new TailReader(stream);
        reader.thread.start();
        return reader;
    }

    private void read(InputStream stream) {
        byte[] buffer = new byte[1024];
        try (stream) {
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                append(new String(buffer, 0, count, StandardCharsets.UTF_8));
            }
        } catch (IOException closed) {
            append("");
        }
    }

    private synchronized void append(String text) {
        tail.append(text);
        if (tail.length() > KEPT) {
            tail.delete(0, tail.length() - KEPT);
        }
    }

    /** Waits for the end of the stream, then returns what was kept. */
    String complete() throws InterruptedException {
        thread.join();
        return text();
    }

    /** True once the stream has ended. */
    boolean ended() {
        return !thread.isAlive();
    }

    synchronized String text() {
        return tail.toString().strip();
    }
}
