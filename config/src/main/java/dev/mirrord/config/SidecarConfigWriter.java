package dev.mirrord.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.mirrord.config.environment.EnvironmentRules;
import dev.mirrord.config.files.FileRules;
import dev.mirrord.config.filter.Rule;
import dev.mirrord.config.filter.Side;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/** Writes what {@link SidecarConfigReader} reads. */
final class SidecarConfigWriter {
    private final JsonGenerator json;

    private SidecarConfigWriter(JsonGenerator json) {
        this.json = json;
    }

    static String write(SidecarConfig config) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            new SidecarConfigWriter(json).all(config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void all(SidecarConfig config) throws IOException {
        json.writeStartObject();
        json.writeNumberField("version", SidecarConfigReader.VERSION);
        json.writeBooleanField("hostname", config.hostname());
        json.writeObjectFieldStart("environment");
        environment(config.environment());
        json.writeEndObject();
        json.writeObjectFieldStart("files");
        files(config.files());
        json.writeEndObject();
        json.writeObjectFieldStart("network");
        network(config.network());
        json.writeEndObject();
        json.writeEndObject();
    }

    private void environment(EnvironmentRules rules) throws IOException {
        strings("include", rules.include());
        strings("exclude", rules.exclude());
        map("file", rules.file());
        map("mapping", rules.mapping());
        map("override", rules.override());
        strings("unset", rules.unset());
    }

    private void files(FileRules rules) throws IOException {
        json.writeStringField("mode", rules.mode().name().toLowerCase(Locale.ROOT));
        strings("readWrite", rules.readWrite());
        strings("readOnly", rules.readOnly());
        strings("local", rules.local());
        strings("notFound", rules.notFound());
        map("mapping", rules.mapping());
        json.writeStringField("engine", rules.engine().name().toLowerCase(Locale.ROOT));
        json.writeBooleanField("autoMount", rules.autoMount());
        json.writeStringField("volumes", rules.volumes().name().toLowerCase(Locale.ROOT));
    }

    private void network(NetworkConfig network) throws IOException {
        json.writeBooleanField("ipv6", network.ipv6());
        json.writeBooleanField("dns", network.dns().enabled());
        json.writeBooleanField("dockerNames", network.dns().dockerNames());
        filter("dnsFilter", network.dns().filter().side(), network.dns().filter().rules());
        OutgoingConfig outgoing = network.outgoing();
        json.writeBooleanField("outgoingTcp", outgoing.tcp());
        json.writeBooleanField("outgoingUdp", outgoing.udp());
        json.writeBooleanField("outgoingIgnoreLocalhost", outgoing.ignoreLocalhost());
        filter("outgoingFilter", outgoing.filter().side(), outgoing.filter().rules());
        strings("outgoingUnixStreams", outgoing.unixStreams());
        IncomingConfig incoming = network.incoming();
        json.writeStringField("incoming", incoming.mode().name().toLowerCase(Locale.ROOT));
        pairs("portMapping", incoming.portMapping());
        pairs("listenPorts", incoming.listenPorts());
        if (incoming.ports().isPresent()) {
            ports("ports", incoming.ports().get());
        }
        ports("ignorePorts", incoming.ignorePorts());
        json.writeBooleanField("incomingIgnoreLocalhost", incoming.ignoreLocalhost());
        if (incoming.httpFilter().isPresent()) {
            json.writeStringField("httpFilter", incoming.httpFilter().get().json());
            if (incoming.httpFilter().get().ports().isPresent()) {
                ports("httpFilterPorts", incoming.httpFilter().get().ports().get());
            }
        }
        tls(incoming.tls());
    }

    private void tls(TlsConfig tls) throws IOException {
        json.writeStringField("tlsDelivery", tls.delivery());
        json.writeArrayFieldStart("tls");
        for (TlsIdentity identity : tls.identities()) {
            json.writeStartObject();
            if (identity.ports().isPresent()) {
                ports("ports", identity.ports().get());
            }
            strings("protocols", identity.protocols());
            if (identity.clients().isPresent()) {
                json.writeStringField("clients", identity.clients().get());
            }
            json.writeStringField("json", identity.json());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void filter(String name, Side side, Collection<Rule> rules) throws IOException {
        json.writeStringField(name + "Side", side.name().toLowerCase(Locale.ROOT));
        strings(name, rules.stream().map(Rule::toString).toList());
    }

    private void strings(String name, Collection<String> strings) throws IOException {
        json.writeArrayFieldStart(name);
        for (String string : strings) {
            json.writeString(string);
        }
        json.writeEndArray();
    }

    private void ports(String name, Collection<Integer> ports) throws IOException {
        json.writeArrayFieldStart(name);
        for (int port : ports) {
            json.writeNumber(port);
        }
        json.writeEndArray();
    }

    private void pairs(String name, Map<Integer, Integer> pairs) throws IOException {
        json.writeArrayFieldStart(name);
        for (Map.Entry<Integer, Integer> pair : pairs.entrySet()) {
            json.writeArray(new int[] {pair.getKey(), pair.getValue()}, 0, 2);
        }
        json.writeEndArray();
    }

    private void map(String name, Map<String, String> map) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> entry : map.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }
}
