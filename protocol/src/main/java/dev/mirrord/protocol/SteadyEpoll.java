package dev.mirrord.protocol;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/**
 * Netty's epoll (4.2.18) without two faults:
 *
 * <ul>
 *   <li>A socket stays registered while nothing is waited for. Netty takes it out of epoll when its
 *       peer has half-closed and nothing is left to write, and then fails to wait for room in its
 *       buffer: whatever was still to be sent after a half-close was lost.
 *   <li>An event is for the socket that it came for. Netty finds the socket by the descriptor's
 *       number: when an event of a batch closes one socket and opens another, which gets the same
 *       number, a later event of the batch, such as the end of the first, was taken for the
 *       second's, whose input then counted as over before it was connected.
 * </ul>
 */
public final class SteadyEpoll {
    private SteadyEpoll() {}

    /** What event loops are made with, in place of {@link EpollIoHandler#newFactory()}. */
    public static IoHandlerFactory newFactory() {
        IoHandlerFactory epoll = EpollIoHandler.newFactory();
        return executor -> new Steady(epoll.newHandler(executor));
    }

    private static final class Steady implements IoHandler {
        private final IoHandler epoll;

        /** Each run waits once, then takes the batch of events that it has got. */
        private long runs;

        Steady(IoHandler epoll) {
            this.epoll = epoll;
        }

        @Override
        public void initialize() {
            epoll.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            runs++;
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
            IoHandle registered =
                    handle instanceof EpollIoHandle known
                            ? new SteadyHandle(known, this, runs)
                            : handle;
            return new SteadyRegistration(epoll.register(registered));
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

    /**
     * @param since the run in which it was registered: that run's events are not for it
     */
    @SuppressWarnings("try") // what close() throws is the interface's
    private record SteadyHandle(EpollIoHandle inner, Steady epoll, long since)
            implements EpollIoHandle {
        @Override
        public FileDescriptor fd() {
            return inner.fd();
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (epoll.runs != since) {
                inner.handle(registration, event);
            }
        }

        @Override
        public void registered() {
            inner.registered();
        }

        @Override
        public void unregistered() {
            inner.unregistered();
        }

        @Override
        public void close() throws Exception {
            inner.close();
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
