package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.CommandException;
import dev.mirrord.session.docker.command.ContainerRuntime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a value of {@code --network}: a name, or {@code name=…,alias=…,ip=…}. */
final class NetworkParser {

    private static final Pattern FIELDS = Pattern.compile("\\w+=\\w+");

    private NetworkParser() {}

    /** As the client of the line reads it. */
    static NetworkAttachment parse(ContainerRuntime runtime, String value) {
        return runtime == ContainerRuntime.PODMAN ? PodmanNetwork.parse(value) : parse(value);
    }

    private static NetworkAttachment parse(String value) {
        if (!FIELDS.matcher(value).find()) {
            if (value.isBlank()) {
                throw new CommandException("no name set for --network");
            }
            return NetworkAttachment.of(value);
        }
        Fields fields = new Fields();
        for (String field : CsvLine.split(value)) {
            int equals = field.indexOf('=');
            if (equals < 1) {
                throw new CommandException("invalid field \"" + field + "\" in --network");
            }
            // docker folds these to lower case, values included
            fields.set(
                    field.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                    field.substring(equals + 1).strip().toLowerCase(Locale.ROOT));
        }
        return fields.attachment();
    }

    private static final class Fields {
        private String name = "";
        private final List<String> aliases = new ArrayList<>();
        private Optional<String> ipv4 = Optional.empty();
        private Optional<String> ipv6 = Optional.empty();
        private Optional<String> macAddress = Optional.empty();
        private final List<String> linkLocal = new ArrayList<>();
        private final Map<String, String> driverOptions = new HashMap<>();
        private int gatewayPriority;

        void set(String key, String value) {
            switch (key) {
                case "name" -> name = value;
                case "alias" -> aliases.add(value);
                case "ip" -> ipv4 = Optional.of(IpText.checked("--network ip=", value));
                case "ip6" -> ipv6 = Optional.of(IpText.checked("--network ip6=", value));
                case "mac-address" -> macAddress = Optional.of(value);
                case "link-local-ip" ->
                        linkLocal.add(IpText.checked("--network link-local-ip=", value));
                case "driver-opt" -> driverOption(value);
                case "gw-priority" -> gatewayPriority = priority(value);
                default -> throw new CommandException("invalid field key " + key + " in --network");
            }
        }

        private void driverOption(String value) {
            int equals = value.indexOf('=');
            if (equals < 1) {
                throw new CommandException(
                        "invalid key value pair format in driver options of --network: " + value);
            }
            driverOptions.put(value.substring(0, equals), value.substring(equals + 1));
        }

        private static int priority(String value) {
            try {
                return Integer.parseInt(value);
            } catch (NumberFormatException notANumber) {
                throw new CommandException("invalid gw-priority (" + value + ") in --network");
            }
        }

        NetworkAttachment attachment() {
            if (name.isEmpty()) {
                throw new CommandException("network name/id is not specified in --network");
            }
            return new NetworkAttachment(
                    name,
                    aliases,
                    List.of(),
                    ipv4,
                    ipv6,
                    macAddress,
                    linkLocal,
                    driverOptions,
                    gatewayPriority);
        }
    }
}
