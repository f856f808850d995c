package dev.mirrord.session.kubernetes.cluster;

import dev.mirrord.session.kubernetes.cluster.ClusterFailure.Kind;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy leads to the API server: the cluster's {@code proxy-url}, else HTTPS_PROXY,
 * HTTP_PROXY and NO_PROXY with the meaning that Go's {@code httpproxy} gives them, since kubectl
 * has it so.
 */
final class ProxyChoice {

    private ProxyChoice() {}

    static @Nullable URI choose(
            URI server, String proxyUrl, boolean useEnvironment, Map<String, String> environment) {
        if (!proxyUrl.isEmpty()) {
            return parse(proxyUrl, "proxy-url");
        }
        if (!useEnvironment || isLoopback(server.getHost())) {
            return null;
        }
        boolean tls = "https".equals(server.getScheme());
        String proxy = variable(environment, tls ? "HTTPS_PROXY" : "HTTP_PROXY");
        if (proxy.isEmpty() || excluded(server, variable(environment, "NO_PROXY"))) {
            return null;
        }
        return parse(
                proxy.contains("://") ? proxy : "http://" + proxy,
                tls ? "HTTPS_PROXY" : "HTTP_PROXY");
    }

    private static String variable(Map<String, String> environment, String name) {
        String upper = environment.getOrDefault(name, "");
        return upper.isEmpty()
                ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "")
                : upper;
    }

    private static URI parse(String text, String origin) {
        String why = "it is not a URL";
        try {
            URI uri = URI.create(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme();
            boolean known =
                    switch (scheme) {
                        case "http", "https", "socks5", "socks5h" -> true;
                        default -> false;
                    };
            if (known && uri.getHost() != null) {
                return uri;
            }
            why = "its scheme is not http, https or socks5";
        } catch (IllegalArgumentException notUrl) {
            // told below, without the text: it may hold a password
        }
        throw new ClusterFailure(
                Kind.CONFIGURATION,
                "the proxy of " + origin + " cannot be used",
                why,
                "write it as scheme://host:port");
    }

    static boolean excluded(URI server, String noProxy) {
        String host = bare(server.getHost()).toLowerCase(Locale.ROOT);
        int port = server.getPort() < 0 ? 443 : server.getPort();
        for (String item : noProxy.split("[,\\s]+")) {
            if (!item.isEmpty() && matches(host, port, item.toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String host, int port, String item) {
        if ("*".equals(item)) {
            return true;
        }
        if (item.contains("/")) {
            return inSubnet(host, item);
        }
        String name = item;
        int colon = item.lastIndexOf(':');
        if (colon > 0 && item.indexOf(':') == colon) {
            if (!item.substring(colon + 1).equals(Integer.toString(port))) {
                return false;
            }
            name = item.substring(0, colon);
        }
        if (name.startsWith("*.")) {
            name = name.substring(1);
        }
        return name.startsWith(".")
                ? host.endsWith(name)
                : host.equals(bare(name)) || host.endsWith("." + name);
    }

    private static boolean inSubnet(String host, String subnet) {
        int slash = subnet.indexOf('/');
        try {
            if (!isLiteral(host)) {
                return false;
            }
            byte[] address = InetAddress.getByName(host).getAddress();
            byte[] network = InetAddress.getByName(subnet.substring(0, slash)).getAddress();
            int bits = Integer.parseInt(subnet.substring(slash + 1));
            if (address.length != network.length || bits > address.length * 8) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((address[bit / 8] & mask) != (network[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException | NumberFormatException malformed) {
            return false;
        }
    }

    private static boolean isLoopback(String host) {
        String name = bare(host);
        return "localhost".equals(name) || "::1".equals(name) || inSubnet(name, "127.0.0.0/8");
    }

    private static boolean isLiteral(String host) {
        return host.contains(":") || host.matches("[0-9.]+");
    }

    static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
