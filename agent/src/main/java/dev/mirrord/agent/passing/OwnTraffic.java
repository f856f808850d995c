package dev.mirrord.agent.passing;

import io.netty.bootstrap.Bootstrap;
import java.net.InetSocketAddress;
import java.util.function.IntPredicate;

/**
 * What the app sends, by way of the agent, to the target's own addresses: at a port that is the
 * app's now, it is for the target's process. Else the app would be asked its own question.
 *
 * @param stolen the ports that this agent steals
 * @param mirrored the ports that it copies
 */
public record OwnTraffic(IntPredicate stolen, IntPredicate mirrored) {
    /** Marks the socket if need be; called by the thread that makes it. */
    public Bootstrap mark(Bootstrap bootstrap, InetSocketAddress destination) {
        int port = destination.getPort();
        boolean takes = stolen.test(port);
        if ((!takes && !mirrored.test(port)) || !Passing.isOwn(destination)) {
            return bootstrap;
        }
        return takes
                ? Passing.mark(bootstrap, destination.getAddress(), Passing.LAST)
                : Passing.limitHops(bootstrap, destination.getAddress());
    }
}
