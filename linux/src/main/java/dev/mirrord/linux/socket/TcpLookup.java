package dev.mirrord.linux.socket;

import dev.mirrord.linux.ErrnoException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Asks for single TCP connections of one network namespace by sock_diag(7). */
public final class TcpLookup implements AutoCloseable {
    private static final int BY_FAMILY = 20;
    private static final int TCP = 6;
    private static final int LISTEN = 10;
    private static final int ADDRESS = 16;

    private final NetlinkSocket netlink;

    private TcpLookup(NetlinkSocket netlink) {
        this.netlink = netlink;
    }

    /** In the network namespace of the calling thread. */
    public static TcpLookup open() throws ErrnoException {
        return new TcpLookup(NetlinkSocket.open(NetlinkSocket.SOCK_DIAG));
    }

    /** True while there is a connection of a socket with these two ends. */
    public synchronized boolean has(InetSocketAddress own, InetSocketAddress peer) {
        boolean four = own.getAddress() instanceof Inet4Address;
        ByteBuffer request = NetlinkSocket.message(128, BY_FAMILY, NetlinkSocket.REQUEST);
        request.put((byte) (four ? Sockets.AF_INET : Sockets.AF_INET6)).put((byte) TCP);
        request.putShort((short) 0).putInt(-1);
        request.putShort(Short.reverseBytes((short) own.getPort()));
        request.putShort(Short.reverseBytes((short) peer.getPort()));
        put(request, own);
        put(request, peer);
        // Any device, any cookie.
        request.putInt(0).putLong(-1);
        try {
            if (netlink.send(request) < 0) {
                return false;
            }
            ByteBuffer answer = netlink.receive();
            // Where there is no connection, the kernel offers who listens.
            return answer.getShort(4) == BY_FAMILY
                    && answer.get(NetlinkSocket.HEADER + 1) != LISTEN;
        } catch (ErrnoException e) {
            return false;
        }
    }

    private static void put(ByteBuffer request, InetSocketAddress end) {
        byte[] address = end.getAddress().getAddress();
        request.put(address).put(new byte[ADDRESS - address.length]);
    }

    @Override
    public synchronized void close() {
        netlink.close();
    }
}
