package dev.mirrord.linux.socket;

import dev.mirrord.linux.ErrnoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists the TCP sockets in LISTEN of one network namespace by sock_diag(7), or from /proc/net where
 * the kernel has no tcp_diag. Belongs to one thread at a time.
 */
public final class ListeningSockets implements AutoCloseable {
    private static final int BY_FAMILY = 20;
    private static final int TCP = 6;
    private static final int LISTEN = 1 << 10;
    private static final int MESSAGE = 72;
    private static final int ONLY_IPV6 = 11;

    private @Nullable NetlinkSocket netlink;

    private ListeningSockets(@Nullable NetlinkSocket netlink) {
        this.netlink = netlink;
    }

    public static ListeningSockets open() {
        try {
            return new ListeningSockets(NetlinkSocket.open(NetlinkSocket.SOCK_DIAG));
        } catch (ErrnoException e) {
            return new ListeningSockets(null);
        }
    }

    public synchronized List<ListeningSocket> list() throws IOException {
        return list(0);
    }

    /** Only those on {@code port}; 0 is every port. */
    public synchronized List<ListeningSocket> list(int port) throws IOException {
        NetlinkSocket socket = netlink;
        if (socket != null) {
            try {
                List<ListeningSocket> found = new ArrayList<>();
                dump(socket, Sockets.AF_INET, port, found);
                dump(socket, Sockets.AF_INET6, port, found);
                return found;
            } catch (ErrnoException e) {
                socket.close();
                netlink = null;
            }
        }
        return ProcListeningSockets.list().stream()
                .filter(listening -> port == 0 || listening.port() == port)
                .toList();
    }

    @Override
    public synchronized void close() {
        if (netlink != null) {
            netlink.close();
        }
    }

    private static void dump(
            NetlinkSocket socket, int family, int port, List<ListeningSocket> found)
            throws ErrnoException {
        ByteBuffer request =
                NetlinkSocket.message(128, BY_FAMILY, NetlinkSocket.REQUEST | NetlinkSocket.DUMP);
        request.put((byte) family).put((byte) TCP).put((byte) 0).put((byte) 0).putInt(LISTEN);
        request.putShort(Short.reverseBytes((short) port)).put(new byte[46]);
        int sent = socket.send(request);
        if (sent < 0) {
            throw new ErrnoException("sock_diag", -sent);
        }
        while (read(socket.receive(), found)) {
            // more to come
        }
    }

    /** Takes one datagram; false at the end of the dump. */
    private static boolean read(ByteBuffer datagram, List<ListeningSocket> found)
            throws ErrnoException {
        int at = 0;
        while (at + NetlinkSocket.HEADER <= datagram.limit()) {
            int length = datagram.getInt(at);
            switch (datagram.getShort(at + 4)) {
                case NetlinkSocket.TYPE_DONE -> {
                    return false;
                }
                case NetlinkSocket.TYPE_ERROR ->
                        throw new ErrnoException(
                                "sock_diag", -datagram.getInt(at + NetlinkSocket.HEADER));
                default -> found.add(socket(datagram, at + NetlinkSocket.HEADER, at + length));
            }
            at += Math.max(NetlinkSocket.HEADER, (length + 3) & ~3);
        }
        return true;
    }

    private static ListeningSocket socket(ByteBuffer datagram, int at, int end) {
        byte[] address = new byte[datagram.get(at) == Sockets.AF_INET ? 4 : 16];
        datagram.get(at + 8, address);
        int port =
                Short.toUnsignedInt(
                        datagram.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(at + 4));
        long inode = Integer.toUnsignedLong(datagram.getInt(at + 68));
        boolean onlyIpv6 = false;
        int attribute = at + MESSAGE;
        while (attribute + 4 <= end) {
            int length = Short.toUnsignedInt(datagram.getShort(attribute));
            if (datagram.getShort(attribute + 2) == ONLY_IPV6) {
                onlyIpv6 = datagram.get(attribute + 4) != 0;
            }
            attribute += Math.max(4, (length + 3) & ~3);
        }
        return new ListeningSocket(SocketAddresses.address(address), port, inode, onlyIpv6);
    }
}
