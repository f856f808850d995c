package dev.mirrord.config;

import dev.mirrord.config.source.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code {ports: [443], certificate: /path, key: /path}}, or with {@code secret: name}. */
final class TlsIdentityType implements Type<TlsIdentity> {
    private static final Set<String> NAMES =
            Set.of("ports", "certificate", "key", "secret", "alpn", "clients");
    private static final Set<String> OF_CLIENTS = Set.of("trust_roots", "certificate", "key");
    private static final Type<List<String>> PROTOCOLS =
            Lists.of(Scalars.choice(Map.of("h2", "h2", "http/1.1", "http/1.1")));
    private static final Shape TEXT = new Shape.Text();
    private static final Shape SHAPE =
            new Shape.Fields(
                    Map.of(
                            "ports",
                            Lists.PORTS.shape(),
                            "certificate",
                            TEXT,
                            "key",
                            TEXT,
                            "secret",
                            TEXT,
                            "alpn",
                            PROTOCOLS.shape(),
                            "clients",
                            new Shape.Fields(
                                    Map.of(
                                            "trust_roots", TEXT,
                                            "certificate", TEXT,
                                            "key", TEXT),
                                    List.of())),
                    List.of());

    @Override
    public TlsIdentity read(Value value) throws WrongValue {
        if (!(value instanceof Value.Table table)) {
            throw Type.wrong(value, shape().words());
        }
        checkNames(table, NAMES);
        Optional<String> secret = field(table, "secret", Scalars.STRING);
        Optional<String> certificate = path(table, "certificate");
        Optional<String> key = path(table, "key");
        boolean files = certificate.isPresent() && key.isPresent();
        if (secret.isPresent() ? certificate.isPresent() || key.isPresent() : !files) {
            throw new WrongValue(
                    table.location(),
                    "needs either certificate and key (paths in the target), or secret (a name)");
        }
        return TlsIdentity.of(
                field(table, "ports", Lists.PORTS).map(HashSet::new),
                field(table, "alpn", PROTOCOLS).orElse(List.of()),
                clients(table),
                secret,
                files ? TlsIdentity.ofFiles(certificate.get(), key.get()) : "");
    }

    private static void checkNames(Value.Table table, Set<String> names) throws WrongValue {
        for (Map.Entry<String, Value> entry : table.entries().entrySet()) {
            if (!names.contains(entry.getKey())) {
                throw new WrongValue(
                        entry.getValue().location(),
                        "has an unknown key \"" + entry.getKey() + "\"");
            }
        }
    }

    private static Optional<String> clients(Value.Table all) throws WrongValue {
        Value value = all.entries().get("clients");
        if (value == null || value instanceof Value.Absent) {
            return Optional.empty();
        }
        if (!(value instanceof Value.Table table)) {
            throw Type.wrong(value, "an object with trust_roots, certificate and key");
        }
        checkNames(table, OF_CLIENTS);
        Optional<String> roots = path(table, "trust_roots");
        Optional<String> certificate = path(table, "certificate");
        Optional<String> key = path(table, "key");
        if (roots.isEmpty() || certificate.isEmpty() || key.isEmpty()) {
            throw new WrongValue(
                    table.location(),
                    "has clients without trust_roots, certificate or key (paths in the target):"
                        + " what clients' certificates come from, and what the target is shown in"
                        + " their place");
        }
        return Optional.of(TlsIdentity.ofClients(roots.get(), certificate.get(), key.get()));
    }

    private static Optional<String> path(Value.Table table, String name) throws WrongValue {
        Optional<String> path = field(table, name, Scalars.STRING);
        if (path.isPresent() && !path.get().startsWith("/")) {
            throw new WrongValue(
                    table.location(),
                    "has a " + name + " that is not an absolute path in the target");
        }
        return path;
    }

    private static <T> Optional<T> field(Value.Table table, String name, Type<T> type)
            throws WrongValue {
        Value value = table.entries().get(name);
        return value == null || value instanceof Value.Absent
                ? Optional.empty()
                : Optional.of(type.read(value));
    }

    @Override
    public TlsIdentity parse(String text) throws WrongValue {
        throw new WrongValue("can only be set in a configuration file");
    }

    @Override
    public Shape shape() {
        return SHAPE;
    }

    @Override
    public boolean isKeptAsWritten() {
        return false;
    }
}
