package dev.mirrord.sidecar.dns;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Queries over UDP: they come in as captured datagrams, answers leave in the nameserver's name. */
public final class UdpQueries {
    private final NameService service;
    private final Sender sender;

    /** Sends a datagram to the app. */
    @FunctionalInterface
    public interface Sender {
        void send(InetSocketAddress from, InetSocketAddress to, ByteBuffer data);
    }

    public UdpQueries(NameService service, Sender sender) {
        this.service = service;
        this.sender = sender;
    }

    /** A query to one of the target's nameservers. */
    public void onQuery(InetSocketAddress app, InetSocketAddress nameserver, ByteBuffer data) {
        parse(data)
                .ifPresent(
                        query -> {
                            Optional<byte[]> cached = service.cached(query);
                            if (cached.isPresent()) {
                                answer(app, nameserver, query, cached.get());
                            } else {
                                service.resolve(query)
                                        .thenAccept(bytes -> answer(app, nameserver, query, bytes));
                            }
                        });
    }

    /** Docker's embedded DNS asks for what it does not know: nobody does. */
    public void onUpstreamQuery(InetSocketAddress app, InetSocketAddress server, ByteBuffer data) {
        parse(data)
                .ifPresent(query -> answer(app, server, query, query.empty(DnsMessage.NXDOMAIN)));
    }

    private void answer(
            InetSocketAddress app, InetSocketAddress server, DnsMessage query, byte[] bytes) {
        byte[] fitting = bytes.length <= query.udpSize() ? bytes : query.truncated(bytes[3] & 15);
        sender.send(server, app, ByteBuffer.wrap(fitting));
    }

    private static Optional<DnsMessage> parse(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return DnsMessage.parse(bytes);
    }
}
