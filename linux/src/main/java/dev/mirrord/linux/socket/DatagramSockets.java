package dev.mirrord.linux.socket;

import java.io.IOException;
import java.util.List;

/**
 * Lists the UDP sockets of one network namespace that are bound and not connected: those that hear
 * everybody. Belongs to one thread at a time.
 */
public final class DatagramSockets implements AutoCloseable {
    private final SocketTable table = SocketTable.open(SocketTable.Kind.UDP_BOUND);

    private DatagramSockets() {}

    public static DatagramSockets open() {
        return new DatagramSockets();
    }

    public synchronized List<DatagramSocketEntry> list() throws IOException {
        return table.list(0).stream()
                .map(
                        each ->
                                new DatagramSocketEntry(
                                        each.address(),
                                        each.port(),
                                        each.inode(),
                                        each.mark(),
                                        each.drops()))
                .toList();
    }

    @Override
    public synchronized void close() {
        table.close();
    }
}
