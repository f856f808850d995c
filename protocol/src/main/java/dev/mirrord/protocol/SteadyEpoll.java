package dev.mirrord.protocol;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll, but a socket stays registered while nothing is waited for. Netty 4.2.18 takes a
 * socket out of epoll when its peer has half-closed and nothing is left to write, and then fails to
 * wait for room in its buffer: whatever was still to be sent after a half-close was lost.
 */
public final class SteadyEpoll {
    private SteadyEpoll() {}

    /** What event loops are made with, in place of {@link EpollIoHandler#newFactory()}. */
    public static IoHandlerFactory newFactory() {
        IoHandlerFactory epoll = EpollIoHandler.newFactory();
        return executor -> new Steady(epoll.newHandler(executor));
    }

    private record Steady(IoHandler epoll) implements IoHandler {
        @Override
        public void initialize() {
            epoll.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            return epoll.run(context);
        }

        @Override
        public void prepareToDestroy() {
            epoll.prepareToDestroy();
        }

        @Override
        public void destroy() {
            epoll.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return new SteadyRegistration(epoll.register(handle));
        }

        @Override
        public void wakeup() {
            epoll.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return epoll.isCompatible(type);
        }
    }

    private record SteadyRegistration(IoRegistration inner) implements IoRegistration {
        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals")
        public <T> T attachment() {
            return inner.attachment();
        }

        /** Errors are reported anyway, so to wait for them alone is to wait for nothing. */
        @Override
        public long submit(IoOps ops) {
            return inner.submit(EpollIoOps.NONE.equals(ops) ? EpollIoOps.EPOLLERR : ops);
        }

        @Override
        public boolean isValid() {
            return inner.isValid();
        }

        @Override
        public boolean cancel() {
            return inner.cancel();
        }
    }
}
