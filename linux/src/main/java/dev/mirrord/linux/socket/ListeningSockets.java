package dev.mirrord.linux.socket;

import java.io.IOException;
import java.util.List;

/** Lists the TCP sockets in LISTEN of one network namespace. Belongs to one thread at a time. */
public final class ListeningSockets implements AutoCloseable {
    private final SocketTable table = SocketTable.open(SocketTable.Kind.TCP_LISTENING);

    private ListeningSockets() {}

    public static ListeningSockets open() {
        return new ListeningSockets();
    }

    public synchronized List<ListeningSocket> list() throws IOException {
        return list(0);
    }

    /** Only those on {@code port}; 0 is every port. */
    public synchronized List<ListeningSocket> list(int port) throws IOException {
        return table.list(port).stream()
                .map(
                        each ->
                                new ListeningSocket(
                                        each.address(), each.port(), each.inode(), each.onlyIpv6()))
                .toList();
    }

    @Override
    public synchronized void close() {
        table.close();
    }
}
