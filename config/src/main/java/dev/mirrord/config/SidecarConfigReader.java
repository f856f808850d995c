package dev.mirrord.config;

import dev.mirrord.config.environment.EnvironmentRules;
import dev.mirrord.config.files.FileRules;
import dev.mirrord.config.files.FileVolumes;
import dev.mirrord.config.filter.DnsFilter;
import dev.mirrord.config.filter.OutgoingFilter;
import dev.mirrord.config.filter.Rule;
import dev.mirrord.config.filter.RuleParser;
import dev.mirrord.config.filter.Side;
import dev.mirrord.config.source.Document;
import dev.mirrord.config.source.Format;
import dev.mirrord.config.source.SyntaxException;
import dev.mirrord.config.source.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what {@link SidecarConfigWriter} wrote; both ends are of the same version. */
final class SidecarConfigReader {
    static final int VERSION = 1;

    private static final Type<List<Rule>> RULES = Lists.rules(RuleParser::outgoing);
    private static final Type<List<String>> STRINGS = Lists.of(Scalars.STRING);
    private static final Type<FileVolumes> VOLUMES =
            Scalars.choice(
                    Map.of(
                            "off", FileVolumes.OFF,
                            "read", FileVolumes.READ,
                            "write", FileVolumes.WRITE));
    private static final Type<Side> SIDE =
            Scalars.choice(Map.of("local", Side.LOCAL, "remote", Side.REMOTE));

    private final Map<String, Value> fields;

    private SidecarConfigReader(Value.Table table) {
        this.fields = table.entries();
    }

    static SidecarConfig read(String json) {
        try {
            return new SidecarConfigReader(Document.parse("configuration", Format.JSON, json))
                    .all();
        } catch (SyntaxException | WrongValue e) {
            throw new IllegalArgumentException("sidecar configuration: " + e.getMessage(), e);
        }
    }

    private SidecarConfig all() throws WrongValue {
        int version = field("version", Scalars.number(0, Integer.MAX_VALUE));
        if (version != VERSION) {
            throw new WrongValue("version " + version + " is not " + VERSION);
        }
        return new SidecarConfig(
                child("environment").environment(),
                bool("hostname"),
                child("files").files(),
                child("network").network());
    }

    private EnvironmentRules environment() throws WrongValue {
        return new EnvironmentRules(
                field("include", STRINGS),
                field("exclude", STRINGS),
                field("file", Structures.STRING_MAP),
                field("mapping", Structures.STRING_MAP),
                field("override", Structures.STRING_MAP),
                field("unset", STRINGS));
    }

    private FileRules files() throws WrongValue {
        return new FileRules(
                field("mode", Keys.FILE_MODE.type()),
                field("readWrite", STRINGS),
                field("readOnly", STRINGS),
                field("local", STRINGS),
                field("notFound", STRINGS),
                field("mapping", Structures.STRING_MAP),
                field("engine", Keys.FILE_ENGINE.type()),
                bool("autoMount"),
                field("volumes", VOLUMES));
    }

    private NetworkConfig network() throws WrongValue {
        return new NetworkConfig(
                bool("ipv6"),
                new DnsConfig(
                        bool("dns"),
                        new DnsFilter(field("dnsFilterSide", SIDE), field("dnsFilter", RULES)),
                        bool("dockerNames")),
                new OutgoingConfig(
                        bool("outgoingTcp"),
                        bool("outgoingUdp"),
                        bool("outgoingIgnoreLocalhost"),
                        new OutgoingFilter(
                                field("outgoingFilterSide", SIDE), field("outgoingFilter", RULES)),
                        field("outgoingUnixStreams", STRINGS)),
                incoming());
    }

    private IncomingConfig incoming() throws WrongValue {
        return IncomingConfig.of(
                field("incoming", Keys.INCOMING_MODE.type()),
                field("portMapping", Structures.PORT_PAIRS),
                field("listenPorts", Structures.PORT_PAIRS),
                fields.containsKey("ports")
                        ? Optional.of(new HashSet<>(field("ports", Lists.PORTS)))
                        : Optional.empty(),
                new HashSet<>(field("ignorePorts", Lists.PORTS)),
                bool("incomingIgnoreLocalhost"),
                httpFilter(),
                tls());
    }

    private Optional<HttpFilterConfig> httpFilter() throws WrongValue {
        if (!fields.containsKey("httpFilter")) {
            return Optional.empty();
        }
        return Optional.of(
                HttpFilterConfig.of(
                        field("httpFilter", Scalars.STRING),
                        fields.containsKey("httpFilterPorts")
                                ? Optional.of(new HashSet<>(field("httpFilterPorts", Lists.PORTS)))
                                : Optional.empty()));
    }

    private TlsConfig tls() throws WrongValue {
        List<TlsIdentity> identities = new ArrayList<>();
        if (fields.get("tls") instanceof Value.Sequence all) {
            for (Value each : all.items()) {
                if (!(each instanceof Value.Table table)) {
                    throw new WrongValue("tls is no list of objects");
                }
                SidecarConfigReader identity = new SidecarConfigReader(table);
                identities.add(
                        TlsIdentity.of(
                                identity.fields.containsKey("ports")
                                        ? Optional.of(
                                                new HashSet<>(identity.field("ports", Lists.PORTS)))
                                        : Optional.empty(),
                                identity.field("protocols", STRINGS),
                                identity.fields.containsKey("clients")
                                        ? Optional.of(identity.field("clients", Scalars.STRING))
                                        : Optional.empty(),
                                Optional.empty(),
                                identity.field("json", Scalars.STRING)));
            }
        }
        return new TlsConfig(identities, field("tlsDelivery", Scalars.STRING));
    }

    private boolean bool(String name) throws WrongValue {
        return field(name, Scalars.BOOL);
    }

    private SidecarConfigReader child(String name) throws WrongValue {
        if (fields.get(name) instanceof Value.Table table) {
            return new SidecarConfigReader(table);
        }
        throw new WrongValue("there is no object " + name);
    }

    private <T> T field(String name, Type<T> type) throws WrongValue {
        Value value = fields.get(name);
        if (value == null) {
            throw new WrongValue("there is no " + name);
        }
        return type.read(value);
    }
}
