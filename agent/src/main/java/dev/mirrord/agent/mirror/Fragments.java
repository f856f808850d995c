package dev.mirrord.agent.mirror;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Puts fragments of IP packets together, as the kernel does: exact duplicates are ignored, any
 * other overlap discards the packet (RFC 5722, and ip_fragment.c for IPv4). Belongs to the capture
 * thread.
 */
final class Fragments {
    private static final int MOST_PACKETS = 64;
    private static final int LARGEST = 65_535;

    private final Map<Key, Parts> packets =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Parts> eldest) {
                    return size() > MOST_PACKETS;
                }
            };

    /** Addresses, identification and protocol: what fragments of one packet have in common. */
    private record Key(ByteBuffer addresses, int identification, int protocol) {}

    private static final class Parts {
        final TreeMap<Integer, byte[]> byOffset = new TreeMap<>();
        int length = -1;
    }

    /**
     * Takes a fragment.
     *
     * @param part its payload; the protocol is the first fragment's
     * @param offset of the payload in the whole packet's
     * @return the whole packet, once the last missing part has come
     */
    Optional<IpPacket> add(IpPacket part, int identification, int offset, boolean more) {
        int length = part.end() - part.at();
        Key key = new Key(addresses(part), identification, part.protocol());
        if (offset + length > LARGEST || length == 0) {
            packets.remove(key);
            return Optional.empty();
        }
        Parts parts = packets.computeIfAbsent(key, _ -> new Parts());
        byte[] payload = Arrays.copyOfRange(part.bytes(), part.at(), part.end());
        boolean right = more || parts.length < 0 || parts.length == offset + length;
        if (!right || !put(parts, offset, payload)) {
            packets.remove(key);
            return Optional.empty();
        }
        if (!more) {
            parts.length = offset + length;
        }
        if (!isWhole(parts)) {
            return Optional.empty();
        }
        packets.remove(key);
        return Optional.of(join(part, parts));
    }

    private static ByteBuffer addresses(IpPacket part) {
        int from = part.addresses();
        return ByteBuffer.wrap(
                Arrays.copyOfRange(part.bytes(), from, from + 2 * part.addressLength()));
    }

    private static boolean put(Parts parts, int offset, byte[] payload) {
        Map.Entry<Integer, byte[]> before = parts.byOffset.floorEntry(offset);
        if (before != null && before.getKey() == offset) {
            return before.getValue().length == payload.length;
        }
        Map.Entry<Integer, byte[]> after = parts.byOffset.higherEntry(offset);
        boolean overlaps =
                (before != null && before.getKey() + before.getValue().length > offset)
                        || (after != null && offset + payload.length > after.getKey());
        if (!overlaps) {
            parts.byOffset.put(offset, payload);
        }
        return !overlaps;
    }

    private static boolean isWhole(Parts parts) {
        int reached = 0;
        for (Map.Entry<Integer, byte[]> each : parts.byOffset.entrySet()) {
            if (each.getKey() != reached) {
                return false;
            }
            reached += each.getValue().length;
        }
        return reached == parts.length;
    }

    /** A packet with nothing but the addresses and the payload. */
    private static IpPacket join(IpPacket part, Parts parts) {
        int addresses = 2 * part.addressLength();
        byte[] whole = new byte[addresses + parts.length];
        System.arraycopy(part.bytes(), part.addresses(), whole, 0, addresses);
        parts.byOffset.forEach(
                (offset, payload) ->
                        System.arraycopy(payload, 0, whole, addresses + offset, payload.length));
        return new IpPacket(
                whole,
                part.protocol(),
                addresses,
                whole.length,
                0,
                part.addressLength(),
                part.local());
    }
}
