package dev.mirrord.sidecar;

import dev.mirrord.linux.Errno;
import dev.mirrord.linux.ErrnoException;
import dev.mirrord.linux.netfilter.PacketQueue;
import dev.mirrord.sidecar.capture.NamespaceFacts;
import dev.mirrord.sidecar.capture.RuleText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What does not depend on the CLI and is done while it connects.
 *
 * @param kernel false: no rules are made (self-test)
 * @param hosts the engine's hosts file
 * @param queue empty where the kernel has none
 */
record Prepared(boolean kernel, NamespaceFacts facts, String hosts, Optional<PacketQueue> queue) {
    /** Packets. */
    private static final int HELD_AT_ONCE = 16384;

    /** Octets of each packet: enough for the headers. */
    private static final int HEADERS = 128;

    static Prepared make(boolean kernel, Path etc) {
        try {
            return new Prepared(
                    kernel,
                    NamespaceFacts.read(),
                    Files.readString(etc.resolve("hosts")),
                    openQueue(kernel));
        } catch (IOException e) {
            throw new SidecarFailure(
                    "the sidecar cannot read its network namespace: " + e.getMessage(), e);
        }
    }

    private static Optional<PacketQueue> openQueue(boolean kernel) {
        try {
            return Optional.of(PacketQueue.open(RuleText.QUEUE, HELD_AT_ONCE, HEADERS));
        } catch (ErrnoException e) {
            if (!kernel) {
                return Optional.empty();
            }
            if (e.errno() == Errno.EPERM || e.errno() == Errno.EBUSY) {
                throw new SidecarFailure(
                        e.errno() == Errno.EPERM
                                ? "the sidecar has no NET_ADMIN capability in its network namespace"
                                        + " (netfilter queue: EPERM); rootless engines and some"
                                        + " policies take it away"
                                : "another process of this network namespace holds netfilter queue "
                                        + RuleText.QUEUE,
                        e);
            }
            Log.line("no netfilter queue", "why", e.getMessage());
            return Optional.empty();
        }
    }
}
