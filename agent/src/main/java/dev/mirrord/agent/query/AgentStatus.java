package dev.mirrord.agent.query;

import dev.mirrord.protocol.tunnel.Tunnel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The agent's own figures, for diagnosis. */
public final class AgentStatus {
    private final Supplier<List<Tunnel>> tunnels;

    public AgentStatus(Supplier<List<Tunnel>> tunnels) {
        this.tunnels = tunnels;
    }

    /** Memory in KiB, as /proc/self/status gives it. */
    Map<String, Object> read() throws IOException {
        Map<String, Object> figures = new LinkedHashMap<>();
        List<Tunnel> all = tunnels.get();
        figures.put("tunnels", all.size());
        figures.put("streams", all.stream().mapToInt(Tunnel::streamCount).sum());
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:") || line.startsWith("RssAnon:")) {
                String name = line.startsWith("VmRSS:") ? "rssKiB" : "anonymousKiB";
                figures.put(name, Long.parseLong(line.replaceAll("\\D", "")));
            }
        }
        return figures;
    }
}
