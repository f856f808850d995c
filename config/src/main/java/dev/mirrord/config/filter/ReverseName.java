package dev.mirrord.config.filter;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/** Names of reverse lookups (RFC 1035 section 3.5, RFC 3596 section 2.5). */
final class ReverseName {
    private static final String IPV4 = ".in-addr.arpa";
    private static final String IPV6 = ".ip6.arpa";

    private ReverseName() {}

    static Optional<InetAddress> addressOf(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        lower = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        try {
            if (lower.endsWith(IPV4)) {
                return address(lower.substring(0, lower.length() - IPV4.length()), 4, 10, 1);
            }
            if (lower.endsWith(IPV6)) {
                return address(lower.substring(0, lower.length() - IPV6.length()), 16, 16, 2);
            }
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static Optional<InetAddress> address(
            String labels, int size, int radix, int labelsPerByte) {
        String[] parts = labels.split("\\.", -1);
        if (parts.length != size * labelsPerByte) {
            return Optional.empty();
        }
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            int value = 0;
            for (int digit = 0; digit < labelsPerByte; digit++) {
                String label = parts[parts.length - 1 - i * labelsPerByte - digit];
                value = value * radix + Integer.parseUnsignedInt(label, radix);
            }
            if (value < 0 || value > 255) {
                return Optional.empty();
            }
            bytes[i] = (byte) value;
        }
        try {
            return Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
