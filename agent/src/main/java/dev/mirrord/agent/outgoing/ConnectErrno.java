package dev.mirrord.agent.outgoing;

import dev.mirrord.linux.Errno;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The errno of a failed connect(2), which Netty gives in several ways. */
public final class ConnectErrno {
    private static final int SECOND_LOOK_MILLIS = 3_000;
    private static final Pattern NUMBER = Pattern.compile("failed with error\\(-(\\d+)\\)");

    private ConnectErrno() {}

    /**
     * Tells {@code answer} the errno, at once or from another thread. Must be called on the event
     * loop that tried, since it is in the target's namespace.
     */
    public static void tell(Throwable failure, InetSocketAddress destination, IntConsumer answer) {
        if (causes(failure).anyMatch(NoRouteToHostException.class::isInstance)) {
            askAgain(destination, answer);
        } else {
            answer.accept(of(failure));
        }
    }

    /** The errno of a failure that needs no second look. */
    public static int of(Throwable failure) {
        return causes(failure)
                .mapToInt(ConnectErrno::ofOne)
                .filter(errno -> errno != 0)
                .findFirst()
                .orElse(Errno.ECONNREFUSED);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        List<Throwable> causes = new ArrayList<>();
        for (@Nullable Throwable e = failure; e != null; e = e.getCause()) {
            causes.add(e);
        }
        return causes.stream();
    }

    private static int ofOne(Throwable e) {
        if (e instanceof ConnectTimeoutException) {
            return Errno.ETIMEDOUT;
        }
        if (e instanceof NativeIoException known) {
            return -known.expectedErr();
        }
        if (e instanceof NoRouteToHostException) {
            return Errno.EHOSTUNREACH;
        }
        Matcher number = NUMBER.matcher(String.valueOf(e.getMessage()));
        return number.find() ? Integer.parseInt(number.group(1)) : 0;
    }

    /**
     * Netty makes one exception of ENETUNREACH and EHOSTUNREACH, whichever router on the way said
     * so; the JDK's own channel keeps them apart. A socket stays in the namespace of its making.
     */
    private static void askAgain(InetSocketAddress destination, IntConsumer answer) {
        SocketChannel second;
        try {
            second = SocketChannel.open(family(destination));
        } catch (IOException e) {
            answer.accept(Errno.EHOSTUNREACH);
            return;
        }
        Thread.ofVirtual().start(() -> answer.accept(unreachable(second, destination)));
    }

    private static int unreachable(SocketChannel channel, InetSocketAddress destination) {
        try (channel) {
            channel.socket().connect(destination, SECOND_LOOK_MILLIS);
            return Errno.EHOSTUNREACH;
        } catch (IOException e) {
            boolean network = String.valueOf(e.getMessage()).contains("etwork is unreachable");
            return network ? Errno.ENETUNREACH : Errno.EHOSTUNREACH;
        }
    }

    private static StandardProtocolFamily family(InetSocketAddress destination) {
        return destination.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }
}
