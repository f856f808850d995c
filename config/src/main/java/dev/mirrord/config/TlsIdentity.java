package dev.mirrord.config;

import dev.mirrord.config.http.Conditions;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A certificate and a key that the target uses.
 *
 * @param ports the app's ports that it is for; empty: all
 * @param protocols of ALPN that clients are offered at most; empty: what the target agrees to
 * @param clients what a subscription tells the agent of the clients of a target that asks for their
 *     certificates; empty: they stay the target's
 * @param secret the Secret that holds them and has not been read yet
 * @param json what a subscription tells the agent (docs/protocol.md); empty while the secret has
 *     not been read. May hold a key
 */
public record TlsIdentity(
        Optional<SortedSet<Integer>> ports,
        List<String> protocols,
        Optional<String> clients,
        Optional<String> secret,
        String json) {

    static TlsIdentity of(
            Optional<Set<Integer>> ports,
            List<String> protocols,
            Optional<String> clients,
            Optional<String> secret,
            String json) {
        return new TlsIdentity(
                ports.map(all -> Collections.unmodifiableSortedSet(new TreeSet<>(all))),
                List.copyOf(protocols),
                clients,
                secret,
                json);
    }

    static String ofFiles(String certificate, String key) {
        return "{\"certificate\":%s,\"key\":%s}"
                .formatted(Conditions.quoted(certificate), Conditions.quoted(key));
    }

    static String ofClients(String roots, String certificate, String key) {
        return "{\"roots\":%s,\"certificate\":%s,\"key\":%s}"
                .formatted(
                        Conditions.quoted(roots),
                        Conditions.quoted(certificate),
                        Conditions.quoted(key));
    }

    /** The agent has to read files of the target. */
    public boolean needsFiles() {
        return secret.isEmpty() || clients.isPresent();
    }

    /** The same with what the Secret holds (PEM). */
    public TlsIdentity read(String certificate, String key) {
        String name = "Secret " + secret.orElseThrow();
        return new TlsIdentity(
                ports,
                protocols,
                clients,
                Optional.empty(),
                "{\"certificatePem\":%s,\"keyPem\":%s,\"name\":%s}"
                        .formatted(
                                Conditions.quoted(certificate),
                                Conditions.quoted(key),
                                Conditions.quoted(name)));
    }

    boolean isFor(int port) {
        return ports.isEmpty() || ports.get().contains(port);
    }

    /** Without the key that it may hold. */
    @Override
    public String toString() {
        return "TlsIdentity[ports=" + ports + ", secret=" + secret + "]";
    }
}
