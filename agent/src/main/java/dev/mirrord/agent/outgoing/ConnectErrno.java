package dev.mirrord.agent.outgoing;

import dev.mirrord.linux.Errno;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The errno of a failed connect(2), which Netty gives in several ways. */
public final class ConnectErrno {
    private static final Pattern NUMBER = Pattern.compile("failed with error\\(-(\\d+)\\)");

    private ConnectErrno() {}

    /** Must be called on the event loop that tried, since it is in the target's namespace. */
    public static int of(Throwable failure, InetSocketAddress destination) {
        for (@Nullable Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof ConnectTimeoutException) {
                return Errno.ETIMEDOUT;
            }
            if (e instanceof NativeIoException known) {
                return -known.expectedErr();
            }
            if (e instanceof NoRouteToHostException) {
                return unreachable(destination);
            }
            Matcher number = NUMBER.matcher(String.valueOf(e.getMessage()));
            if (number.find()) {
                return Integer.parseInt(number.group(1));
            }
        }
        return Errno.ECONNREFUSED;
    }

    /**
     * Netty makes one exception of ENETUNREACH and EHOSTUNREACH. Connecting a datagram socket sends
     * nothing but asks for the route; where there is one, it was the host that did not answer.
     */
    private static int unreachable(InetSocketAddress destination) {
        boolean four = destination.getAddress() instanceof Inet4Address;
        try (DatagramChannel probe =
                DatagramChannel.open(
                        four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6)) {
            probe.connect(destination);
            return Errno.EHOSTUNREACH;
        } catch (IOException e) {
            boolean network = String.valueOf(e.getMessage()).contains("etwork is unreachable");
            return network ? Errno.ENETUNREACH : Errno.EHOSTUNREACH;
        }
    }
}
