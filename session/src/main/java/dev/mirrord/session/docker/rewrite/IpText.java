package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.CommandException;
import java.net.InetAddress;

/** Addresses as text; names are never looked up, and the short forms of inet_aton not taken. */
final class IpText {

    private IpText() {}

    static String checked(String flag, String value) {
        try {
            if (!value.contains(":") && !value.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
                throw new IllegalArgumentException(value);
            }
            InetAddress.ofLiteral(value);
            return value;
        } catch (IllegalArgumentException notAnAddress) {
            throw new CommandException(
                    "invalid argument \"" + value + "\" for " + flag + ": not an IP address");
        }
    }
}
