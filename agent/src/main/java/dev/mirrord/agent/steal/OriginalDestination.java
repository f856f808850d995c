package dev.mirrord.agent.steal;

import dev.mirrord.protocol.AddressCodec;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Where a connection was going that the kernel has handed to the agent. */
record OriginalDestination(InetSocketAddress address) {
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int SO_ORIGINAL_DST = 80;
    private static final RawUnixChannelOption IPV4 =
            new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, 16);
    private static final RawUnixChannelOption IPV6 =
            new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, SO_ORIGINAL_DST, 28);

    /**
     * After TPROXY it is the connection's own address, after REDIRECT it is in SO_ORIGINAL_DST.
     *
     * @return empty for a connection to the listener itself
     */
    static Optional<OriginalDestination> of(EpollSocketChannel channel, int listenerPort) {
        InetSocketAddress own = channel.localAddress();
        return own.getPort() == listenerPort
                ? beforeNat(channel).filter(found -> found.address.getPort() != listenerPort)
                : Optional.of(new OriginalDestination(own));
    }

    /** Empty when connection tracking does not know the connection. */
    private static Optional<OriginalDestination> beforeNat(EpollSocketChannel channel) {
        boolean four = channel.localAddress().getAddress() instanceof Inet4Address;
        try {
            ByteBuffer socketAddress = channel.config().getOption(four ? IPV4 : IPV6);
            return Optional.of(new OriginalDestination(parse(socketAddress, four)));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Reads a {@code sockaddr_in} or {@code sockaddr_in6} (ip(7), ipv6(7)). */
    static InetSocketAddress parse(ByteBuffer socketAddress, boolean four) {
        byte[] bytes = new byte[four ? 4 : 16];
        socketAddress.get(socketAddress.position() + (four ? 4 : 8), bytes);
        int port = socketAddress.getShort(socketAddress.position() + 2) & 0xffff;
        return AddressCodec.of(bytes, port);
    }
}
