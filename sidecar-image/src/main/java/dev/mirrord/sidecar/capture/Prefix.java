package dev.mirrord.sidecar.capture;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * An address block in CIDR form.
 *
 * @param length of the prefix, in bits
 */
public record Prefix(InetAddress address, int length) {
    public boolean isIpv4() {
        return address instanceof Inet4Address;
    }

    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < length; bit++) {
            int mask = 0x80 >> (bit & 7);
            if ((mine[bit >> 3] & mask) != (theirs[bit >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return Addresses.text(address) + "/" + length;
    }
}
