package dev.mirrord.agent.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process may do (capabilities(7)), from /proc/self/status. */
public record Capabilities(long effective) {
    private static final int NET_ADMIN = 12;
    private static final int NET_RAW = 13;
    private static final int SYS_ADMIN = 21;

    public static Capabilities own() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("CapEff:")) {
                return new Capabilities(Long.parseUnsignedLong(line.substring(7).strip(), 16));
            }
        }
        throw new IOException("no CapEff in /proc/self/status");
    }

    public boolean hasNetAdmin() {
        return has(NET_ADMIN);
    }

    public boolean hasNetRaw() {
        return has(NET_RAW);
    }

    public boolean hasSysAdmin() {
        return has(SYS_ADMIN);
    }

    private boolean has(int bit) {
        return ((effective >> bit) & 1) == 1;
    }
}
