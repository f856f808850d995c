package dev.mirrord.session;

import dev.mirrord.session.kubernetes.cluster.PodRef;
import dev.mirrord.session.kubernetes.placement.AgentPlacement;
import dev.mirrord.session.kubernetes.tunnel.Patience;
import dev.mirrord.session.kubernetes.tunnel.PortForward;
import dev.mirrord.session.kubernetes.tunnel.PortForwardChannel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Connections to the agent, while it is still being started too. One knocks at its port as soon as
 * its pod has a node; the others wait until it has answered, or has said in its log that it
 * listens, of which the kubelet tells up to a second later.
 */
final class AgentForwards {
    private final PortForward forward;
    private final CompletableFuture<PodRef> assigned;
    private final CompletableFuture<@Nullable Void> listening = new CompletableFuture<>();
    private final Patience patience;
    private final EventLoop knockingLoop;
    private @Nullable CompletableFuture<PortForwardChannel> knocking;
    private boolean passedOver;

    /**
     * @param assigned the agent's pod, which has a node and may not listen yet
     * @param ready the agent that listens, or why it never will
     */
    AgentForwards(
            PortForward forward,
            EventLoopGroup loops,
            CompletableFuture<PodRef> assigned,
            CompletableFuture<?> ready) {
        this.forward = forward;
        this.assigned = assigned;
        this.patience = new Patience(ready);
        this.knockingLoop = loops.next();
        knocking =
                assigned.thenCompose(
                        pod -> forward.open(pod, AgentPlacement.PORT, knockingLoop, patience));
        patience.firstByte().thenRun(() -> listening.complete(null));
        ready.whenComplete(
                (_, failure) -> {
                    if (failure == null) {
                        listening.complete(null);
                    } else {
                        assigned.completeExceptionally(failure);
                        listening.completeExceptionally(failure);
                    }
                });
    }

    /** Completes with the agent's first byte. */
    CompletableFuture<@Nullable Void> answered() {
        return patience.firstByte();
    }

    /**
     * @param loop where the connection runs, best that of the channel it is joined with
     */
    CompletableFuture<PortForwardChannel> open(@Nullable EventLoop loop) {
        CompletableFuture<PortForwardChannel> first = takeKnocking(loop);
        return first != null
                ? first
                : listening
                        .thenCombine(assigned, (_, pod) -> pod)
                        .thenCompose(pod -> forward.open(pod, AgentPlacement.PORT, loop, null));
    }

    /** For the first who is on its loop, or else for the second. */
    private synchronized @Nullable CompletableFuture<PortForwardChannel> takeKnocking(
            @Nullable EventLoop loop) {
        CompletableFuture<PortForwardChannel> taken = knocking;
        if (taken != null && loop != null && !loop.equals(knockingLoop) && !passedOver) {
            passedOver = true;
            return null;
        }
        knocking = null;
        return taken;
    }
}
