package dev.mirrord.agent.query;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;

/** Texts of /proc/PID/net (proc_pid_net(5)), which show the network of that process. */
final class ProcNet {
    private static final String LISTEN = "0A";

    private ProcNet() {}

    /** The namespace's own addresses in {@code fib_trie}, loopback left out. */
    static SequencedSet<String> ipv4(String fibTrie) {
        SequencedSet<String> addresses = new LinkedHashSet<>();
        String last = "";
        for (String line : fibTrie.split("\n")) {
            int leaf = line.indexOf("|-- ");
            if (leaf >= 0) {
                last = line.substring(leaf + 4).strip();
            } else if (line.contains("/32 host LOCAL") && !last.startsWith("127.")) {
                addresses.add(last);
            }
        }
        return addresses;
    }

    /** The addresses in {@code if_inet6} that others can reach: neither loopback nor link-local. */
    static SequencedSet<String> ipv6(String ifInet6) {
        SequencedSet<String> addresses = new LinkedHashSet<>();
        for (String line : ifInet6.split("\n")) {
            if (line.length() < 32) {
                continue;
            }
            try {
                InetAddress address =
                        InetAddress.getByAddress(HexFormat.of().parseHex(line, 0, 32));
                if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
                    addresses.add(address.getHostAddress());
                }
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
        return addresses;
    }

    /** Ports in state LISTEN in one of the two tables of TCP sockets, by the socket's inode. */
    static Map<Long, Integer> listening(String table) {
        Map<Long, Integer> ports = new HashMap<>();
        for (String line : table.split("\n")) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length > 9 && fields[3].equals(LISTEN)) {
                String local = fields[1];
                int port = Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), 16);
                ports.put(Long.parseLong(fields[9]), port);
            }
        }
        return ports;
    }
}
