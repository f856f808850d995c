package dev.mirrord.agent.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What this process may do (capabilities(7)), from /proc/self/status. */
public record Capabilities(long effective) {
    private static final int DAC_READ_SEARCH = 2;
    private static final int NET_ADMIN = 12;
    private static final int NET_RAW = 13;
    private static final int SYS_PTRACE = 19;
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

    /** The sentence for a file of another process (proc(5)) whose reading gave EACCES. */
    public String whyUnreadable(String file) {
        List<String> missing = new ArrayList<>();
        if (!has(SYS_PTRACE)) {
            missing.add("SYS_PTRACE");
        }
        if (!has(DAC_READ_SEARCH)) {
            missing.add("DAC_READ_SEARCH");
        }
        String why =
                missing.isEmpty()
                        ? "though the agent has SYS_PTRACE and DAC_READ_SEARCH: a security module"
                                + " of the node (AppArmor, SELinux, Yama) forbids it, or the target"
                                + " is in a user namespace of its own"
                        : "the agent lacks " + String.join(" and ", missing);
        return "cannot read %s: EACCES, %s".formatted(file, why);
    }

    private boolean has(int bit) {
        return ((effective >> bit) & 1) == 1;
    }
}
