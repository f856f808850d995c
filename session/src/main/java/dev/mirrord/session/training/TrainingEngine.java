package dev.mirrord.session.training;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Stands in for the engine; its sidecar connects to the session's relay, as a real one does. */
final class TrainingEngine extends TrainingServer {
    private static final Pattern RELAY = Pattern.compile("\"Binds\":\\[\"([^:\"]+):");
    private static final String IMAGE =
            """
            {"Id":"sha256:0","Os":"linux","Architecture":"amd64",
             "Config":{"Entrypoint":["/app"],"Env":["PATH=/bin"],"ExposedPorts":{"80/tcp":{}}}}
            """;

    private final Path socket;
    private final ServerSocketChannel listener;
    private volatile @Nullable Path relay;

    TrainingEngine(Path socket) throws IOException {
        this.socket = socket;
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(this::accept);
    }

    Path socket() {
        return socket;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = listener.accept();
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () ->
                                        serve(
                                                Channels.newInputStream(client),
                                                Channels.newOutputStream(client)));
            }
        } catch (IOException closed) {
            // by close()
        }
    }

    @Override
    String answer(String method, String path, String body) {
        Matcher bind = RELAY.matcher(body);
        if (bind.find()) {
            relay = Path.of(bind.group(1));
        }
        if (path.endsWith("/start")) {
            Thread.ofPlatform().daemon().start(this::useRelay);
        }
        if (path.contains("/images/")) {
            return IMAGE;
        }
        if (path.contains("/containers/json")) {
            return "[]";
        }
        return "{\"Id\":\"0123456789abcdef\",\"Volumes\":[]}";
    }

    private void useRelay() {
        Path directory = relay;
        if (directory == null) {
            return;
        }
        var address = UnixDomainSocketAddress.of(directory.resolve("relay.sock"));
        try (SocketChannel channel = SocketChannel.open(address)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}));
            ByteBuffer read = ByteBuffer.allocate(1024);
            while (channel.read(read) >= 0) {
                read.clear();
            }
        } catch (IOException closed) {
            // with the session
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
