package dev.mirrord.agent.dns;

import dev.mirrord.agent.target.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * What forwarding needs of resolv.conf(5): the name servers, at most three, in order; where none is
 * named, the one on the loopback.
 */
record ResolvConf(List<InetSocketAddress> servers) {
    static final String PATH = "/etc/resolv.conf";
    private static final int PORT = 53;
    private static final int MOST_SERVERS = 3;

    static ResolvConf of(Target target) {
        try {
            byte[] bytes = Files.readAllBytes(target.file(PATH));
            return parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return parse("");
        }
    }

    static ResolvConf parse(String text) {
        List<InetSocketAddress> servers = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] words = line.strip().split("\\s+");
            // A literal is never looked up; anything else is no name server.
            if (words.length > 1
                    && words[0].equals("nameserver")
                    && words[1].matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%\\w+)?")
                    && servers.size() < MOST_SERVERS) {
                servers.add(new InetSocketAddress(words[1], PORT));
            }
        }
        if (servers.isEmpty()) {
            servers.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT));
        }
        return new ResolvConf(List.copyOf(servers));
    }
}
