package dev.mirrord.session.kubernetes.tunnel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** A server on a free port of 127.0.0.1 with a thread for each connection. */
abstract class TestingServer implements AutoCloseable {

    private final ServerSocket listener;
    final AtomicInteger connections = new AtomicInteger();

    TestingServer(@Nullable TestingCertificate certificate) throws IOException {
        ServerSocketFactory factory =
                certificate == null
                        ? ServerSocketFactory.getDefault()
                        : certificate.context().getServerSocketFactory();
        listener = factory.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    abstract void serve(Socket client) throws Exception;

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                connections.incrementAndGet();
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try (client) {
                                        serve(client);
                                    } catch (Exception broken) {
                                        // the client sees it
                                    }
                                });
            } catch (IOException closed) {
                return;
            }
        }
    }

    /** Both ways until both have ended. */
    static void pipe(Socket left, Socket right) throws Exception {
        Thread back = Thread.ofVirtual().start(() -> copy(right, left));
        copy(left, right);
        back.join();
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException broken) {
            try {
                from.close();
                to.close();
            } catch (IOException alreadyClosed) {
                // nothing to do
            }
        }
    }

    /** Up to and with the empty line. */
    static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
