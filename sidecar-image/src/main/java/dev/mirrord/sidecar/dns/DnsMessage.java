package dev.mirrord.sidecar.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads and patches DNS messages (RFC 1035) in place. Only what a cache needs is understood: the
 * one question, the TTL fields, addresses, and the size that EDNS (RFC 6891) announces.
 */
public final class DnsMessage {
    public static final int A = 1;
    public static final int AAAA = 28;
    public static final int NXDOMAIN = 3;
    public static final int SERVFAIL = 2;
    public static final int FORMERR = 1;
    static final int HEADER = 12;

    private static final int SOA = 6;
    private static final int OPT = 41;
    private static final int INTERNET = 1;
    private static final int PLAIN_SIZE = 512;

    private final byte[] bytes;
    private final Question question;
    private final int questionEnd;
    private final List<Resource> resources;

    /**
     * @param name in lower case, without the final dot
     */
    public record Question(String name, int type, int kind) {
        public boolean isAddress() {
            return kind == INTERNET && (type == A || type == AAAA);
        }
    }

    /** A resource record: where it starts (after its name) and which section it is in. */
    private record Resource(int section, int type, int at, int dataLength) {
        int ttlAt() {
            return at + 4;
        }

        int dataAt() {
            return at + 10;
        }
    }

    private DnsMessage(byte[] bytes, Question question, int questionEnd, List<Resource> resources) {
        this.bytes = bytes;
        this.question = question;
        this.questionEnd = questionEnd;
        this.resources = resources;
    }

    /** Empty for what is damaged or has not exactly one question. */
    public static Optional<DnsMessage> parse(byte[] bytes) {
        try {
            if (bytes.length < HEADER || u16(bytes, 4) != 1) {
                return Optional.empty();
            }
            StringBuilder name = new StringBuilder();
            int at = readName(bytes, HEADER, name);
            Question question =
                    new Question(
                            name.toString().toLowerCase(Locale.ROOT),
                            u16(bytes, at),
                            u16(bytes, at + 2));
            int end = at + 4;
            return Optional.of(new DnsMessage(bytes, question, end, resources(bytes, end)));
        } catch (ArrayIndexOutOfBoundsException | StringIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    public byte[] bytes() {
        return bytes;
    }

    public Question question() {
        return question;
    }

    public int id() {
        return u16(bytes, 0);
    }

    public int code() {
        return bytes[3] & 15;
    }

    /** True for an answer that has records. */
    public boolean isPositive() {
        return code() == 0 && u16(bytes, 6) > 0;
    }

    public boolean isTruncated() {
        return (bytes[2] & 2) != 0;
    }

    /** True for an ordinary query, the only kind that is cached. */
    public boolean isStandardQuery() {
        return (bytes[2] & 0xf8) == 0 && question.kind() == INTERNET;
    }

    /** Flags of the query that change the answer: checking disabled, and EDNS with DO. */
    public int variant() {
        int checking = bytes[3] & 0x10;
        return resources.stream()
                .filter(resource -> resource.type() == OPT)
                .findFirst()
                .map(opt -> checking | 1 | (bytes[opt.ttlAt() + 2] & 0x80))
                .orElse(checking);
    }

    /** True for a message with EDNS options: a cookie (RFC 7873) is for one asker alone. */
    public boolean hasOptions() {
        return resources.stream()
                .anyMatch(resource -> resource.type() == OPT && resource.dataLength() > 0);
    }

    /** Octets that the asker takes over UDP. */
    public int udpSize() {
        return resources.stream()
                .filter(resource -> resource.type() == OPT)
                .findFirst()
                .map(opt -> Math.max(PLAIN_SIZE, u16(bytes, opt.at() + 2)))
                .orElse(PLAIN_SIZE);
    }

    /** Addresses in the answer section. */
    public List<InetAddress> addresses() {
        List<InetAddress> found = new ArrayList<>();
        for (Resource resource : resources) {
            boolean address =
                    (resource.type() == A && resource.dataLength() == 4)
                            || (resource.type() == AAAA && resource.dataLength() == 16);
            if (address && resource.section() == 0) {
                byte[] data = new byte[resource.dataLength()];
                System.arraycopy(bytes, resource.dataAt(), data, 0, data.length);
                try {
                    found.add(InetAddress.getByAddress(data));
                } catch (UnknownHostException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return found;
    }

    /**
     * Seconds for which the answer may be kept: the smallest TTL of a positive one, for a negative
     * one what its SOA says (RFC 2308); 0 for what may not be kept.
     */
    public long lifetime() {
        if (isTruncated() || (code() != 0 && code() != NXDOMAIN)) {
            return 0;
        }
        boolean positive = isPositive();
        long smallest = Long.MAX_VALUE;
        for (Resource resource : resources) {
            if (resource.type() == OPT) {
                continue;
            }
            if (positive && resource.section() == 0) {
                smallest = Math.min(smallest, u32(bytes, resource.ttlAt()));
            } else if (!positive && resource.type() == SOA) {
                long minimum = u32(bytes, resource.dataAt() + resource.dataLength() - 4);
                smallest = Math.min(smallest, Math.min(minimum, u32(bytes, resource.ttlAt())));
            }
        }
        return smallest == Long.MAX_VALUE ? 0 : smallest;
    }

    /**
     * This answer for another asker: its ID, its spelling of the name, and TTLs that have aged.
     *
     * @param age seconds
     */
    public byte[] answerTo(DnsMessage query, long age) {
        byte[] copy = bytes.clone();
        System.arraycopy(query.bytes, 0, copy, 0, 2);
        if (query.questionEnd == questionEnd) {
            System.arraycopy(query.bytes, HEADER, copy, HEADER, questionEnd - HEADER);
        }
        copy[2] = (byte) ((copy[2] & ~1) | (query.bytes[2] & 1));
        for (Resource resource : resources) {
            if (resource.type() != OPT && age > 0) {
                long ttl = Math.max(0, u32(bytes, resource.ttlAt()) - age);
                putInt(copy, resource.ttlAt(), (int) ttl);
            }
        }
        return copy;
    }

    /** The same message under another ID. */
    public static byte[] withId(byte[] message, int id) {
        byte[] copy = message.clone();
        copy[0] = (byte) (id >> 8);
        copy[1] = (byte) id;
        return copy;
    }

    /** An answer to this query without any record. */
    public byte[] empty(int code) {
        return headAndQuestion(code, 0x80);
    }

    /** An answer that makes the asker come again over TCP. */
    public byte[] truncated(int code) {
        return headAndQuestion(code, 0x82);
    }

    /** An answer to this query with addresses of the question's family. */
    public byte[] addresses(List<InetAddress> addresses, int ttl) {
        byte[] head = headAndQuestion(0, 0x80);
        int each = 12 + (question.type() == A ? 4 : 16);
        byte[] answer = new byte[head.length + addresses.size() * each];
        System.arraycopy(head, 0, answer, 0, head.length);
        answer[6] = (byte) (addresses.size() >> 8);
        answer[7] = (byte) addresses.size();
        int at = head.length;
        for (InetAddress address : addresses) {
            byte[] data = address.getAddress();
            answer[at] = (byte) 0xc0;
            answer[at + 1] = HEADER;
            answer[at + 3] = (byte) question.type();
            answer[at + 5] = INTERNET;
            putInt(answer, at + 6, ttl);
            answer[at + 11] = (byte) data.length;
            System.arraycopy(data, 0, answer, at + 12, data.length);
            at += each;
        }
        return answer;
    }

    /** A query for {@code name}, which is plain ASCII. */
    public static byte[] query(int id, String name, int type) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        byte[] query = new byte[HEADER + text.length + 2 + 4];
        query[0] = (byte) (id >> 8);
        query[1] = (byte) id;
        query[2] = 1;
        query[5] = 1;
        int length = HEADER;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '.') {
                length = HEADER + i + 1;
            } else {
                query[HEADER + i + 1] = text[i];
                query[length]++;
            }
        }
        int at = HEADER + text.length + 2;
        query[at] = (byte) (type >> 8);
        query[at + 1] = (byte) type;
        query[at + 3] = INTERNET;
        return query;
    }

    private byte[] headAndQuestion(int code, int flags) {
        byte[] answer = new byte[questionEnd];
        System.arraycopy(bytes, 0, answer, 0, questionEnd);
        answer[2] = (byte) ((bytes[2] & 0x79) | flags);
        answer[3] = (byte) (0x80 | (bytes[3] & 0x10) | code);
        for (int i = 6; i < HEADER; i++) {
            answer[i] = 0;
        }
        return answer;
    }

    private static List<Resource> resources(byte[] bytes, int from) {
        List<Resource> resources = new ArrayList<>();
        int at = from;
        for (int section = 0; section < 3; section++) {
            for (int i = u16(bytes, 6 + 2 * section); i > 0; i--) {
                at = skipName(bytes, at);
                Resource resource = new Resource(section, u16(bytes, at), at, u16(bytes, at + 8));
                at = resource.dataAt() + resource.dataLength();
                if (at > bytes.length) {
                    throw new ArrayIndexOutOfBoundsException(at);
                }
                resources.add(resource);
            }
        }
        return resources;
    }

    /** A question's name is never compressed. Returns where it ends. */
    private static int readName(byte[] bytes, int from, StringBuilder name) {
        int at = from;
        while (bytes[at] != 0) {
            int length = bytes[at] & 255;
            if (length > 63) {
                throw new ArrayIndexOutOfBoundsException(at);
            }
            if (!name.isEmpty()) {
                name.append('.');
            }
            name.append(new String(bytes, at + 1, length, StandardCharsets.ISO_8859_1));
            at += length + 1;
        }
        return at + 1;
    }

    private static int skipName(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != 0) {
            if ((bytes[at] & 0xc0) == 0xc0) {
                return at + 2;
            }
            at += (bytes[at] & 255) + 1;
        }
        return at + 1;
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 255) << 8 | (bytes[at + 1] & 255);
    }

    private static long u32(byte[] bytes, int at) {
        return (long) u16(bytes, at) << 16 | u16(bytes, at + 2);
    }

    private static void putInt(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }
}
