package dev.mirrord.linux.socket;

import dev.mirrord.linux.ErrnoException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The TCP connections of one network namespace, those included whose handshake is not over, listed
 * and ended by sock_diag(7). Belongs to one thread at a time.
 */
public final class TcpConnections implements AutoCloseable {
    private static final int BY_FAMILY = 20;
    private static final int DESTROY = 21;
    private static final int TCP = 6;
    private static final int ESTABLISHED_OR_SYN_RECEIVED = 1 << 1 | 1 << 3;
    private static final int REQUEST = 72;
    private static final int ID = 48;
    private static final int ADDRESS = 16;
    private static final int ANY_DEVICE = 0;
    private static final long ANY_COOKIE = -1;
    private static final int LISTEN = 10;
    private static final int ATTRIBUTES = NetlinkSocket.HEADER + 72;
    private static final int MARK = 15;
    private static final int OPTIONS = 22;
    private static final int TRANSPARENT = 0x20;

    private final NetlinkSocket netlink;

    private TcpConnections(NetlinkSocket netlink) {
        this.netlink = netlink;
    }

    /** Of the calling thread's namespace. */
    public static TcpConnections open() throws ErrnoException {
        return new TcpConnections(NetlinkSocket.open(NetlinkSocket.SOCK_DIAG));
    }

    /** Those whose own end is {@code port}. */
    public List<TcpConnection> at(int port) throws ErrnoException {
        return list(port, 0);
    }

    /** Those whose other end is {@code port}. */
    public List<TcpConnection> to(int port) throws ErrnoException {
        return list(0, port);
    }

    /** True while there is a connection with these two ends, in whatever state. */
    public boolean has(InetSocketAddress own, InetSocketAddress peer) throws ErrnoException {
        boolean four = own.getAddress() instanceof Inet4Address;
        ByteBuffer request = request(BY_FAMILY, 0, four ? Sockets.AF_INET : Sockets.AF_INET6);
        request.putShort(Short.reverseBytes((short) own.getPort()));
        request.putShort(Short.reverseBytes((short) peer.getPort()));
        put(request, own.getAddress());
        put(request, peer.getAddress());
        request.putInt(ANY_DEVICE).putLong(ANY_COOKIE);
        int sent = netlink.send(request);
        if (sent < 0) {
            throw new ErrnoException("sock_diag", -sent);
        }
        ByteBuffer answer = netlink.receive();
        // Where there is no connection, the kernel offers who listens.
        return answer.getShort(4) == BY_FAMILY && answer.get(NetlinkSocket.HEADER + 1) != LISTEN;
    }

    private static void put(ByteBuffer request, InetAddress end) {
        byte[] address = end.getAddress();
        request.put(address).put(new byte[ADDRESS - address.length]);
    }

    /**
     * Resets a connection; both ends are told. Needs NET_ADMIN.
     *
     * @throws ErrnoException ENOENT: it is over; EOPNOTSUPP: this kernel cannot do it
     */
    public void reset(TcpConnection connection) throws ErrnoException {
        ByteBuffer request = request(DESTROY, NetlinkSocket.ACK, connection.family());
        netlink.request("SOCK_DESTROY", request.put(connection.id()));
    }

    private List<TcpConnection> list(int local, int remote) throws ErrnoException {
        List<TcpConnection> found = new ArrayList<>();
        for (int family : List.of(Sockets.AF_INET, Sockets.AF_INET6)) {
            ByteBuffer request = request(BY_FAMILY, NetlinkSocket.DUMP, family);
            request.putShort(Short.reverseBytes((short) local));
            request.putShort(Short.reverseBytes((short) remote)).put(new byte[ID - 4]);
            int sent = netlink.send(request);
            if (sent < 0) {
                throw new ErrnoException("sock_diag", -sent);
            }
            while (read(netlink.receive(), found)) {
                // more to come
            }
        }
        return found;
    }

    private static ByteBuffer request(int type, int flags, int family) {
        return NetlinkSocket.message(REQUEST, type, NetlinkSocket.REQUEST | flags)
                .put((byte) family)
                .put((byte) TCP)
                .putShort((short) 0)
                .putInt(ESTABLISHED_OR_SYN_RECEIVED);
    }

    /** Takes one datagram; false at the end of the dump. */
    private static boolean read(ByteBuffer datagram, List<TcpConnection> found)
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
                default ->
                        found.add(connection(datagram.slice(at, length).order(datagram.order())));
            }
            at += Math.max(NetlinkSocket.HEADER, (length + 3) & ~3);
        }
        return true;
    }

    /** {@code struct inet_diag_msg}: four bytes, the id, numbers; then attributes. */
    private static TcpConnection connection(ByteBuffer message) {
        int family = message.get(NetlinkSocket.HEADER);
        byte[] id = new byte[ID];
        message.get(NetlinkSocket.HEADER + 4, id);
        int mark = 0;
        boolean transparent = false;
        int at = ATTRIBUTES;
        while (at + 4 < message.limit()) {
            switch (message.getShort(at + 2)) {
                case MARK -> mark = message.getInt(at + 4);
                case OPTIONS -> transparent = (message.get(at + 4) & TRANSPARENT) != 0;
                default -> {}
            }
            at += Math.max(4, (Short.toUnsignedInt(message.getShort(at)) + 3) & ~3);
        }
        ByteBuffer ends = ByteBuffer.wrap(id).order(ByteOrder.BIG_ENDIAN);
        return new TcpConnection(
                end(family, ends, 0, 4), end(family, ends, 2, 20), mark, transparent, family, id);
    }

    private static InetSocketAddress end(int family, ByteBuffer id, int port, int address) {
        byte[] bytes = new byte[family == Sockets.AF_INET ? 4 : 16];
        id.get(address, bytes);
        return new InetSocketAddress(
                SocketAddresses.address(bytes), Short.toUnsignedInt(id.getShort(port)));
    }

    @Override
    public void close() {
        netlink.close();
    }
}
