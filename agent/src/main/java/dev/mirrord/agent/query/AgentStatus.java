package dev.mirrord.agent.query;

import dev.mirrord.agent.tunnel.Tunnels;
import dev.mirrord.protocol.tunnel.Tunnel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The agent's own figures, for diagnosis. */
public final class AgentStatus {
    private final Tunnels tunnels;

    public AgentStatus(Tunnels tunnels) {
        this.tunnels = tunnels;
    }

    /** Memory in KiB, as /proc/self/status gives it. */
    Map<String, Object> read() throws IOException {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("tunnels", tunnels.all().size());
        figures.put("streams", tunnels.all().stream().mapToInt(Tunnel::streamCount).sum());
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:") || line.startsWith("RssAnon:")) {
                String name = line.startsWith("VmRSS:") ? "rssKiB" : "anonymousKiB";
                figures.put(name, Long.parseLong(line.replaceAll("\\D", "")));
            }
        }
        return figures;
    }
}
