package dev.mirrord.session.sidecar;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** A sidecar that dies on demand, in memory. */
final class TestingSidecar implements LastingControl.Dial {
    final BlockingQueue<Process> processes = new LinkedBlockingQueue<>();
    volatile boolean alive = true;

    @Override
    public SidecarControl dial(ControlListener listener) {
        Process process = new Process();
        processes.add(process);
        return SidecarControl.start(process.said, process.heard, listener, process::die);
    }

    @Override
    public boolean isSidecarAlive() {
        return alive;
    }

    /** One life of the sidecar's process. */
    static final class Process {
        final Said said = new Said();
        final Heard heard = new Heard();

        void say(ObjectNode message) {
            said.lines.add((message + "\n").getBytes(StandardCharsets.UTF_8));
        }

        void die() {
            heard.deaf = true;
            said.lines.add(new byte[0]);
        }

        List<String> types() {
            return heard.text()
                    .lines()
                    .map(line -> line.replaceAll(".*\"type\":\"(\\w+)\".*", "$1"))
                    .toList();
        }
    }

    static final class Said extends InputStream {
        final BlockingQueue<byte[]> lines = new LinkedBlockingQueue<>();

        @Override
        public int read() throws IOException {
            throw new IOException("lines only");
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                byte[] line = lines.take();
                System.arraycopy(line, 0, into, offset, line.length);
                return line.length == 0 ? -1 : line.length;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    static final class Heard extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        volatile boolean deaf;

        @Override
        public void write(int each) throws IOException {
            write(new byte[] {(byte) each});
        }

        @Override
        public void write(byte[] more, int offset, int length) throws IOException {
            if (deaf) {
                throw new IOException("broken pipe");
            }
            bytes.write(more, offset, length);
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    /** What the CLI would hear. */
    static final class Ears implements ControlListener {
        final List<String> types = new CopyOnWriteArrayList<>();

        @Override
        public void onMessage(String type, com.fasterxml.jackson.databind.JsonNode message) {
            types.add(type);
        }

        @Override
        public void onClosed() {
            types.add("closed");
        }
    }
}
