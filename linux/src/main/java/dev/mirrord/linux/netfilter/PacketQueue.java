package dev.mirrord.linux.netfilter;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.socket.NetlinkSocket;
import dev.mirrord.linux.socket.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A netfilter queue: packets wait in the kernel until {@link #accept} or {@link #drop} is called
 * with their id, from any thread. Needs CAP_NET_ADMIN.
 */
public final class PacketQueue implements AutoCloseable {
    private static final int SUBSYSTEM = 3 << 8;
    private static final int PACKET = SUBSYSTEM;
    private static final int VERDICT = SUBSYSTEM | 1;
    private static final int CONFIG = SUBSYSTEM | 2;
    private static final int CONFIG_COMMAND = 1;
    private static final int CONFIG_PARAMETERS = 2;
    private static final int CONFIG_MAXIMUM = 3;
    private static final int COMMAND_BIND = 1;
    private static final byte COPY_PACKET = 2;
    private static final int PACKET_HEADER = 1;
    private static final int VERDICT_HEADER = 2;
    private static final int MARK = 3;
    private static final int PAYLOAD = 10;
    private static final int NF_DROP = 0;
    private static final int NF_ACCEPT = 1;
    private static final int RECEIVE_BUFFER = 8 << 20;

    private final NetlinkSocket netlink;
    private final int number;
    private volatile boolean closed;

    /** Hears of packets, on the thread that runs the queue. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param id names the packet in the verdict
         * @param packet from the IP header on, big-endian, valid during the call
         */
        void onPacket(int id, ByteBuffer packet);
    }

    private PacketQueue(NetlinkSocket netlink, int number) {
        this.netlink = netlink;
        this.number = number;
    }

    /**
     * Starts to hold the packets that rules send to queue {@code number} of this network namespace.
     *
     * @param maximum packets held at once; the kernel drops more
     * @param bytes of each packet that are copied
     */
    public static PacketQueue open(int number, int maximum, int bytes) throws ErrnoException {
        NetlinkSocket netlink = NetlinkSocket.open(NetlinkSocket.NETFILTER);
        try {
            Sockets.receiveBuffer(netlink.fd(), RECEIVE_BUFFER);
            PacketQueue queue = new PacketQueue(netlink, number);
            queue.configure(maximum, bytes);
            return queue;
        } catch (ErrnoException e) {
            netlink.close();
            throw e;
        }
    }

    /** Serves until {@link #close}; blocks its thread. */
    public void run(Listener listener) throws ErrnoException {
        while (!closed) {
            try {
                dispatch(netlink.receive(), listener);
            } catch (ErrnoException e) {
                if (closed) {
                    return;
                }
                // ENOBUFS: packets were lost on the way to us; their senders send them again.
                if (e.errno() != Errno.ENOBUFS) {
                    throw e;
                }
            }
        }
    }

    /** Lets the packet go on to the next rule with {@code mark}. */
    public void accept(int id, int mark) {
        ByteBuffer message = verdict(id, NF_ACCEPT);
        attribute(message, MARK, 4).putInt(Integer.reverseBytes(mark));
        netlink.send(message);
    }

    /** The same, but what goes on is {@code packet}, from the IP header on. */
    public void accept(int id, int mark, byte[] packet) {
        int padded = (packet.length + 3) & ~3;
        ByteBuffer message = verdict(id, NF_ACCEPT, 64 + padded);
        attribute(message, MARK, 4).putInt(Integer.reverseBytes(mark));
        attribute(message, PAYLOAD, packet.length)
                .put(packet)
                .put(new byte[padded - packet.length]);
        netlink.send(message);
    }

    public void drop(int id) {
        netlink.send(verdict(id, NF_DROP));
    }

    @Override
    public void close() {
        closed = true;
        netlink.close();
    }

    private void configure(int maximum, int bytes) throws ErrnoException {
        ByteBuffer bind = config();
        attribute(bind, CONFIG_COMMAND, 4)
                .put((byte) COMMAND_BIND)
                .put((byte) 0)
                .putShort((short) 0);
        netlink.request("bind netfilter queue " + number, bind);
        ByteBuffer mode = config();
        attribute(mode, CONFIG_PARAMETERS, 5).putInt(Integer.reverseBytes(bytes)).put(COPY_PACKET);
        mode.put((byte) 0).put((byte) 0).put((byte) 0);
        attribute(mode, CONFIG_MAXIMUM, 4).putInt(Integer.reverseBytes(maximum));
        netlink.request("configure netfilter queue " + number, mode);
    }

    private ByteBuffer config() {
        ByteBuffer message =
                NetlinkSocket.message(64, CONFIG, NetlinkSocket.REQUEST | NetlinkSocket.ACK);
        return generic(message);
    }

    private ByteBuffer verdict(int id, int verdict) {
        return verdict(id, verdict, 64);
    }

    private ByteBuffer verdict(int id, int verdict, int size) {
        ByteBuffer message = generic(NetlinkSocket.message(size, VERDICT, NetlinkSocket.REQUEST));
        return attribute(message, VERDICT_HEADER, 8)
                .putInt(Integer.reverseBytes(verdict))
                .putInt(Integer.reverseBytes(id));
    }

    /** {@code struct nfgenmsg}: family, version, queue number. */
    private ByteBuffer generic(ByteBuffer message) {
        return message.put((byte) 0).put((byte) 0).putShort(Short.reverseBytes((short) number));
    }

    private static ByteBuffer attribute(ByteBuffer message, int type, int length) {
        return message.putShort((short) (length + 4)).putShort((short) type);
    }

    private static void dispatch(ByteBuffer datagram, Listener listener) {
        int at = 0;
        while (at + NetlinkSocket.HEADER <= datagram.limit()) {
            int length = datagram.getInt(at);
            if (datagram.getShort(at + 4) == PACKET) {
                onPacket(datagram, at + NetlinkSocket.HEADER + 4, at + length, listener);
            }
            at += (length + 3) & ~3;
            if (length <= 0) {
                return;
            }
        }
    }

    private static void onPacket(ByteBuffer datagram, int from, int to, Listener listener) {
        int id = 0;
        ByteBuffer payload = null;
        int at = from;
        while (at + 4 <= to) {
            int length = Short.toUnsignedInt(datagram.getShort(at));
            int type = datagram.getShort(at + 2) & 0x3fff;
            if (type == PACKET_HEADER) {
                id = Integer.reverseBytes(datagram.getInt(at + 4));
            } else if (type == PAYLOAD) {
                payload = datagram.slice(at + 4, length - 4).order(ByteOrder.BIG_ENDIAN);
            }
            at += Math.max(4, (length + 3) & ~3);
        }
        if (payload != null) {
            listener.onPacket(id, payload);
        }
    }
}
