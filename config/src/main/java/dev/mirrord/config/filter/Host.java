package dev.mirrord.config.filter;

import java.net.InetAddress;
import java.util.Locale;

/** The host part of a rule. */
public sealed interface Host {
    boolean matchesName(String name);

    boolean matchesAddress(InetAddress address);

    /** Left out, or {@code *}, or 0.0.0.0, or ::. */
    record Any() implements Host {
        @Override
        public boolean matchesName(String name) {
            return true;
        }

        @Override
        public boolean matchesAddress(InetAddress address) {
            return true;
        }

        @Override
        public String toString() {
            return "";
        }
    }

    /**
     * Matches every host name that contains it.
     *
     * @param text lower case, no final dot
     */
    record Name(String text) implements Host {
        public Name {
            text = normal(text);
        }

        @Override
        public boolean matchesName(String name) {
            return normal(name).contains(text);
        }

        @Override
        public boolean matchesAddress(InetAddress address) {
            return false;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * Matches host names as {@link Wildcards} says.
     *
     * @param text with a {@code *} or {@code ?}; lower case, no final dot
     */
    record Pattern(String text) implements Host {
        public Pattern {
            text = normal(text);
        }

        @Override
        public boolean matchesName(String name) {
            return Wildcards.match(text, normal(name));
        }

        @Override
        public boolean matchesAddress(InetAddress address) {
            return false;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * Addresses with a common prefix (RFC 4632, RFC 4291).
     *
     * @param prefix bits; 32 or 128 for a single address
     */
    record Block(InetAddress network, int prefix) implements Host {
        public Block {
            int bits = network.getAddress().length * 8;
            if (prefix < 0 || prefix > bits) {
                throw new IllegalArgumentException(
                        "prefix /" + prefix + " is not between 0 and " + bits);
            }
        }

        @Override
        public boolean matchesName(String name) {
            return false;
        }

        @Override
        public boolean matchesAddress(InetAddress address) {
            byte[] ours = network.getAddress();
            byte[] theirs = address.getAddress();
            if (ours.length != theirs.length) {
                return false;
            }
            int whole = prefix / 8;
            for (int i = 0; i < whole; i++) {
                if (ours[i] != theirs[i]) {
                    return false;
                }
            }
            int rest = prefix % 8;
            int mask = (0xff00 >> rest) & 0xff;
            return rest == 0 || (ours[whole] & mask) == (theirs[whole] & mask);
        }

        @Override
        public String toString() {
            byte[] bytes = network.getAddress();
            String text = network.getHostAddress() + (single() ? "" : "/" + prefix);
            return bytes.length == 4 ? text : "[" + text + "]";
        }

        private boolean single() {
            return prefix == network.getAddress().length * 8;
        }
    }

    private static String normal(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
