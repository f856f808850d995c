package dev.mirrord.linux.socket;

import dev.mirrord.linux.ErrnoException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists the sockets of one protocol and state in one network namespace by sock_diag(7), or from
 * /proc/net where the kernel has no diagnosis of that protocol. Belongs to one thread at a time.
 */
final class SocketTable implements AutoCloseable {
    private static final int BY_FAMILY = 20;
    private static final int MESSAGE = 72;
    private static final int MEMORY = 7;
    private static final int ONLY_IPV6 = 11;
    private static final int MARK = 15;

    /** Where {@code SK_MEMINFO_DROPS} is in the attribute. */
    private static final int DROPS = 4 + 8 * 4;

    private final Kind kind;
    private @Nullable NetlinkSocket netlink;

    /** Which sockets are listed. */
    enum Kind {
        TCP_LISTENING(6, 10, "tcp"),
        /** Bound, but not connected. */
        UDP_BOUND(17, 7, "udp");

        private final int protocol;
        private final int state;
        private final String file;

        Kind(int protocol, int state, String file) {
            this.protocol = protocol;
            this.state = state;
            this.file = file;
        }
    }

    /**
     * @param mark SO_MARK, 0 where it is not known
     * @param drops datagrams that the socket had no room for, 0 where that is not known
     */
    record Entry(
            InetAddress address, int port, long inode, boolean onlyIpv6, int mark, long drops) {}

    private SocketTable(Kind kind, @Nullable NetlinkSocket netlink) {
        this.kind = kind;
        this.netlink = netlink;
    }

    static SocketTable open(Kind kind) {
        try {
            return new SocketTable(kind, NetlinkSocket.open(NetlinkSocket.SOCK_DIAG));
        } catch (ErrnoException e) {
            return new SocketTable(kind, null);
        }
    }

    /** Only those on {@code port}; 0 is every port. */
    List<Entry> list(int port) throws IOException {
        NetlinkSocket socket = netlink;
        if (socket != null) {
            try {
                List<Entry> found = new ArrayList<>();
                dump(socket, Sockets.AF_INET, port, found);
                dump(socket, Sockets.AF_INET6, port, found);
                return found;
            } catch (ErrnoException e) {
                socket.close();
                netlink = null;
            }
        }
        return fromProc().stream().filter(each -> port == 0 || each.port() == port).toList();
    }

    @Override
    public void close() {
        if (netlink != null) {
            netlink.close();
        }
    }

    private void dump(NetlinkSocket socket, int family, int port, List<Entry> found)
            throws ErrnoException {
        ByteBuffer request =
                NetlinkSocket.message(128, BY_FAMILY, NetlinkSocket.REQUEST | NetlinkSocket.DUMP);
        int extensions = kind == Kind.UDP_BOUND ? 1 << (MEMORY - 1) : 0;
        request.put((byte) family).put((byte) kind.protocol).put((byte) extensions).put((byte) 0);
        request.putInt(1 << kind.state);
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
    private static boolean read(ByteBuffer datagram, List<Entry> found) throws ErrnoException {
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
                default -> found.add(entry(datagram, at + NetlinkSocket.HEADER, at + length));
            }
            at += Math.max(NetlinkSocket.HEADER, (length + 3) & ~3);
        }
        return true;
    }

    private static Entry entry(ByteBuffer datagram, int at, int end) {
        byte[] address = new byte[datagram.get(at) == Sockets.AF_INET ? 4 : 16];
        datagram.get(at + 8, address);
        int port =
                Short.toUnsignedInt(
                        datagram.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(at + 4));
        long inode = Integer.toUnsignedLong(datagram.getInt(at + 68));
        boolean onlyIpv6 = false;
        int mark = 0;
        long drops = 0;
        int attribute = at + MESSAGE;
        while (attribute + 4 <= end) {
            int length = Short.toUnsignedInt(datagram.getShort(attribute));
            switch (datagram.getShort(attribute + 2)) {
                case ONLY_IPV6 -> onlyIpv6 = datagram.get(attribute + 4) != 0;
                case MARK -> mark = datagram.getInt(attribute + 4);
                case MEMORY ->
                        drops =
                                length < DROPS + 4
                                        ? 0
                                        : Integer.toUnsignedLong(
                                                datagram.getInt(attribute + DROPS));
                default -> {}
            }
            attribute += Math.max(4, (length + 3) & ~3);
        }
        return new Entry(SocketAddresses.address(address), port, inode, onlyIpv6, mark, drops);
    }

    private List<Entry> fromProc() throws IOException {
        List<Entry> found = new ArrayList<>();
        for (String table : List.of(kind.file, kind.file + "6")) {
            Path file = Path.of("/proc/self/net", table);
            if (Files.exists(file)) {
                found.addAll(parse(Files.readAllLines(file), "%02X".formatted(kind.state)));
            }
        }
        return found;
    }

    /** proc(5); the address is written as 32-bit words in the machine's byte order. */
    private static List<Entry> parse(List<String> lines, String state) {
        List<Entry> found = new ArrayList<>();
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length > 9 && fields[3].equals(state)) {
                String[] local = fields[1].split(":");
                byte[] words = HexFormat.of().parseHex(local[0]);
                byte[] address = new byte[words.length];
                ByteBuffer from = ByteBuffer.wrap(words);
                ByteBuffer to = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
                while (from.hasRemaining()) {
                    to.putInt(from.getInt());
                }
                found.add(
                        new Entry(
                                SocketAddresses.address(address),
                                Integer.parseInt(local[1], 16),
                                Long.parseLong(fields[9]),
                                false,
                                0,
                                fields.length > 12 ? Long.parseLong(fields[12]) : 0));
            }
        }
        return found;
    }
}
