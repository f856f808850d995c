package dev.mirrord.config.filter;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code [tcp|udp|any://][name|ip|cidr][:port]}; IPv6 with a port goes into brackets. {@code
 * *} and {@code ?} are wildcards in a name and refused elsewhere.
 */
public final class RuleParser {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_.*?-]+");
    private static final Pattern WILD_ADDRESS = Pattern.compile("[\\d.*?/]*\\d[\\d.*?/]*");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,5}");

    private RuleParser() {}

    /** A rule of {@code outgoing.filter}. */
    public static Rule outgoing(String text) {
        int scheme = text.indexOf("://");
        if (scheme < 0) {
            return new Rule(Optional.empty(), host(text), port(text));
        }
        Optional<Transport> transport =
                switch (text.substring(0, scheme).toLowerCase(Locale.ROOT)) {
                    case "tcp" -> Optional.of(Transport.TCP);
                    case "udp" -> Optional.of(Transport.UDP);
                    case "any" -> Optional.empty();
                    default ->
                            throw malformed(
                                    text,
                                    "protocol \""
                                            + text.substring(0, scheme)
                                            + "\" is none of tcp, udp, any");
                };
        String rest = text.substring(scheme + 3);
        return new Rule(transport, host(rest), port(rest));
    }

    /** A rule of {@code dns.filter}: without a protocol. */
    public static Rule dns(String text) {
        if (text.contains("://")) {
            throw malformed(text, "a protocol has no meaning for DNS");
        }
        return new Rule(Optional.empty(), host(text), port(text));
    }

    private static int split(String text) {
        int bracket = text.lastIndexOf(']');
        int slash = text.lastIndexOf('/');
        int colon = text.lastIndexOf(':');
        boolean bareIpv6 = bracket < 0 && slash < 0 && text.indexOf(':') != colon;
        return bareIpv6 || colon < bracket || colon < slash ? text.length() : Math.max(colon, -1);
    }

    private static Host host(String text) {
        int end = split(text);
        String host = (end < 0 ? text : text.substring(0, end)).replace("[", "").replace("]", "");
        if (text.isEmpty()) {
            throw malformed(text, "it is empty");
        }
        int slash = host.indexOf('/');
        String base = slash < 0 ? host : host.substring(0, slash);
        if ((base.isEmpty() || base.equals("*")) && slash < 0) {
            return new Host.Any();
        }
        if (Wildcards.in(host) && (base.contains(":") || WILD_ADDRESS.matcher(host).matches())) {
            throw malformed(
                    text,
                    "wildcards work in names only; write addresses as a network, such as"
                            + " 10.0.0.0/16");
        }
        if (!base.contains(":") && !IPV4.matcher(base).matches()) {
            if (slash >= 0 || !NAME.matcher(base).matches()) {
                throw malformed(text, "\"" + host + "\" is no name, address or network");
            }
            return Wildcards.in(base) ? new Host.Pattern(base) : new Host.Name(base);
        }
        return block(text, base, slash < 0 ? null : host.substring(slash + 1));
    }

    private static Host block(String text, String address, @Nullable String prefix) {
        try {
            InetAddress network = InetAddress.ofLiteral(address);
            if (prefix == null && network.isAnyLocalAddress()) {
                return new Host.Any();
            }
            int bits = network.getAddress().length * 8;
            return new Host.Block(network, prefix == null ? bits : number(text, prefix, bits));
        } catch (IllegalArgumentException e) {
            throw malformed(text, String.valueOf(e.getMessage()));
        }
    }

    private static int port(String text) {
        int at = split(text);
        return at < 0 || at >= text.length() ? 0 : number(text, text.substring(at + 1), 65535);
    }

    private static int number(String text, String digits, int most) {
        if (Wildcards.in(digits)) {
            throw malformed(text, "wildcards work in names only; no port means every port");
        }
        if (!NUMBER.matcher(digits).matches() || Integer.parseInt(digits) > most) {
            throw malformed(text, "\"" + digits + "\" is no number from 0 to " + most);
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException malformed(String text, String why) {
        return new IllegalArgumentException("\"" + text + "\" is no filter: " + why);
    }
}
