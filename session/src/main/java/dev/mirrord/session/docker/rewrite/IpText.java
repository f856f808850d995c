package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.CommandException;
import java.net.InetAddress;

/** Addresses as text; names are never looked up. */
final class IpText {

    private IpText() {}

    static String checked(String flag, String value) {
        try {
            InetAddress.ofLiteral(value);
            return value;
        } catch (IllegalArgumentException notAnAddress) {
            throw new CommandException(
                    "invalid argument \"" + value + "\" for " + flag + ": not an IP address");
        }
    }
}
