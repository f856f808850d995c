package dev.mirrord.sidecar;

import dev.mirrord.sidecar.dns.DnsMessage;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;

/** A nameserver of a few made-up names. */
final class TestingNames {
    private TestingNames() {}

    static byte[] answer(byte[] query, Map<String, byte[]> names, List<String> asked) {
        DnsMessage message = DnsMessage.parse(query).orElseThrow();
        asked.add(message.question().name() + " " + message.question().type());
        byte[] address = names.get(message.question().name());
        if (address == null) {
            return message.empty(DnsMessage.NXDOMAIN);
        }
        if (message.question().type() != (address.length == 4 ? DnsMessage.A : DnsMessage.AAAA)) {
            return message.empty(0);
        }
        try {
            return message.addresses(List.of(InetAddress.getByAddress(address)), 30);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
