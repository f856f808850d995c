package dev.mirrord.config;

import dev.mirrord.config.http.Conditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes of its options what the agent is told of TLS. */
final class TlsResolver {
    private static final int MOST_PEM = 48 * 1024;
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Set<String> OF_HTTP =
            Set.of(
                    "connection",
                    "content-length",
                    "content-type",
                    "expect",
                    "host",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");
    private static final Pattern CERTIFICATE =
            Pattern.compile(
                    "-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\\R?", Pattern.DOTALL);

    private final Settings settings;
    private final Problems problems;
    private final Function<String, Path> paths;

    TlsResolver(Settings settings, Problems problems, Function<String, Path> paths) {
        this.settings = settings;
        this.problems = problems;
        this.paths = paths;
    }

    TlsConfig resolve(IncomingMode mode, boolean filtered) {
        List<TlsIdentity> identities = settings.list(Keys.INCOMING_TLS);
        for (Key<?> key :
                List.of(
                        Keys.TLS_DELIVERY_PROTOCOL,
                        Keys.TLS_DELIVERY_ROOTS,
                        Keys.TLS_DELIVERY_NAME,
                        Keys.TLS_DELIVERY_CERTIFICATE,
                        Keys.TLS_DELIVERY_CLIENT_HEADER)) {
            boolean standard =
                    key.equals(Keys.TLS_DELIVERY_PROTOCOL)
                            && settings.get(Keys.TLS_DELIVERY_PROTOCOL, "tls").equals("tls");
            if (identities.isEmpty() && settings.has(key) && !standard) {
                problems.error(
                        settings.place(key)
                                + " has nothing to deliver: "
                                + Keys.INCOMING_TLS.path()
                                + " says with which certificate and key TLS is ended");
                return TlsConfig.NONE;
            }
        }
        if (identities.isEmpty()) {
            return TlsConfig.NONE;
        }
        if (mode != IncomingMode.STEAL) {
            problems.error(
                    settings.place(Keys.INCOMING_TLS)
                            + " is for stolen connections: a copy of TLS cannot be read; set"
                            + " feature.network.incoming.mode to steal or remove it");
        } else if (!filtered) {
            problems.error(
                    settings.place(Keys.INCOMING_TLS)
                            + " is for an http_filter: without one TLS is stolen whole, as bytes;"
                            + " add a filter or remove it");
        }
        checkHeader(identities);
        return new TlsConfig(identities, delivery());
    }

    private void checkHeader(List<TlsIdentity> identities) {
        Optional<String> header = settings.find(Keys.TLS_DELIVERY_CLIENT_HEADER);
        if (header.isEmpty()) {
            return;
        }
        if (!HEADER.matcher(header.get()).matches() || OF_HTTP.contains(lower(header.get()))) {
            problems.error(
                    settings.place(Keys.TLS_DELIVERY_CLIENT_HEADER)
                            + " must be a header's name that HTTP has no other use for, such as"
                            + " Client-Cert (RFC 9440)");
        } else if (identities.stream().allMatch(each -> each.clients().isEmpty())) {
            problems.error(
                    settings.place(Keys.TLS_DELIVERY_CLIENT_HEADER)
                            + " has nothing to tell: clients are asked for certificates where"
                            + " \"clients\" in "
                            + Keys.INCOMING_TLS.path()
                            + " is set");
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private String delivery() {
        StringBuilder json = new StringBuilder("{\"protocol\":");
        json.append(Conditions.quoted(settings.get(Keys.TLS_DELIVERY_PROTOCOL, "tls")));
        StringBuilder roots = new StringBuilder();
        for (String root : settings.list(Keys.TLS_DELIVERY_ROOTS)) {
            roots.append(certificates(Keys.TLS_DELIVERY_ROOTS, root));
        }
        if (!roots.isEmpty()) {
            json.append(",\"roots\":").append(Conditions.quoted(roots.toString()));
        }
        settings.find(Keys.TLS_DELIVERY_NAME)
                .ifPresent(name -> json.append(",\"serverName\":").append(Conditions.quoted(name)));
        settings.find(Keys.TLS_DELIVERY_CERTIFICATE)
                .map(file -> certificates(Keys.TLS_DELIVERY_CERTIFICATE, file))
                .ifPresent(pem -> json.append(",\"certificate\":").append(Conditions.quoted(pem)));
        settings.find(Keys.TLS_DELIVERY_CLIENT_HEADER)
                .ifPresent(name -> json.append(",\"header\":").append(Conditions.quoted(name)));
        if (json.length() > MOST_PEM) {
            problems.error(
                    settings.place(Keys.TLS_DELIVERY_ROOTS)
                            + " has more than 48 KiB of certificates: name those only that the"
                            + " app's certificate needs");
        }
        return json.append('}').toString();
    }

    /** Of a file, or of the files of a directory; whatever else they have stays here. */
    private String certificates(Key<?> key, String text) {
        Path path = paths.apply(text);
        StringBuilder pem = new StringBuilder();
        try (Stream<Path> files = Files.isDirectory(path) ? Files.list(path) : Stream.of(path)) {
            for (Path file : files.filter(each -> !Files.isDirectory(each)).sorted().toList()) {
                Matcher found = CERTIFICATE.matcher(ConfigLoader.read(file));
                while (found.find()) {
                    pem.append(found.group());
                }
            }
        } catch (IOException e) {
            problems.error(ConfigLoader.unreadable("file of " + key.path(), text, e));
            return "";
        }
        if (pem.isEmpty()) {
            problems.error(settings.place(key) + ": " + text + " has no certificate (PEM)");
        }
        return pem.toString();
    }
}
