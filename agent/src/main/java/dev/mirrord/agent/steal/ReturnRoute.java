package dev.mirrord.agent.steal;

import dev.mirrord.agent.AgentLog;
import dev.mirrord.agent.passing.Passing;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The policy rule and route that bring the target's replies to passed-through connections, which
 * are addressed to the real client, back to the agent. Inert without the table's marks; the numbers
 * are fixed, so what a killed agent left is the next one's, and agents of several sessions share
 * them.
 */
final class ReturnRoute {
    private static final int NUMBER = 27_762;

    private ReturnRoute() {}

    static void install() {
        batch(
                "rule add fwmark %2$d lookup %1$d pref %1$d\nroute replace local default dev lo table %1$d\n"
                        .formatted(NUMBER, Passing.MARK));
    }

    static void remove() {
        batch("rule del pref %1$d\nroute flush table %1$d\n".formatted(NUMBER));
    }

    /** Lines that fail (nothing to delete, no IPv6 here) are passed over. */
    private static void batch(String lines) {
        for (String family : new String[] {"-4", "-6"}) {
            try {
                Process ip =
                        new ProcessBuilder("ip", family, "-force", "-batch", "-")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start();
                try (Writer in = ip.outputWriter(StandardCharsets.US_ASCII)) {
                    in.write(lines);
                }
                ip.waitFor(5, TimeUnit.SECONDS);
            } catch (IOException e) {
                AgentLog.warn("cannot set the return route", "why", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
