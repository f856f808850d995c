package dev.mirrord.testcontainers;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ports;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code docker run} line that would make the container that Testcontainers is about to make.
 * It is only read, never run: values in it stay in this process.
 */
final class RunLine {
    /** Testcontainers gives one to each container on a network. */
    private static final String RANDOM_ALIAS = "--network-alias=tc-";

    private static final Pattern FIXED_PORT = Pattern.compile("--publish=(.*:)?[0-9]+:[^:]+");

    private RunLine() {}

    /**
     * @param client program and global options: {@code docker --host=…}
     */
    static List<String> of(CreateContainerCmd create, List<String> client) {
        List<String> words = new ArrayList<>(client);
        words.add("run");
        HostConfig host = Objects.requireNonNullElseGet(create.getHostConfig(), HostConfig::new);
        network(create, host, words);
        ports(create, host, words);
        option("--hostname", create.getHostName(), words);
        option("--domainname", create.getDomainName(), words);
        options("--add-host", host.getExtraHosts(), words);
        options("--dns", host.getDns(), words);
        options("--dns-search", host.getDnsSearch(), words);
        options("--env", create.getEnv(), words);
        List<String> entrypoint = list(create.getEntrypoint());
        if (!entrypoint.isEmpty()) {
            option("--entrypoint", entrypoint.getFirst(), words);
        }
        if (Boolean.TRUE.equals(host.getInit())) {
            words.add("--init");
        }
        words.add(Objects.requireNonNull(create.getImage()));
        words.addAll(entrypoint.stream().skip(1).toList());
        words.addAll(list(create.getCmd()));
        return List.copyOf(words);
    }

    /**
     * Whether the container has something that is there once: a port of this machine, an address,
     * or a name by which others find it.
     */
    static boolean isThereOnce(List<String> line) {
        return line.stream()
                .anyMatch(
                        word ->
                                word.startsWith("--ip=")
                                        || word.startsWith("--ip6=")
                                        || (word.startsWith("--network-alias=")
                                                && !word.startsWith(RANDOM_ALIAS))
                                        || (word.startsWith("--publish=")
                                                && FIXED_PORT.matcher(word).matches()));
    }

    private static void network(CreateContainerCmd create, HostConfig host, List<String> words) {
        String mode = host.getNetworkMode();
        if (mode == null || mode.isEmpty() || mode.equals("default")) {
            return;
        }
        option("--network", mode, words);
        if (!mode.equals("bridge") && create.getAliases() != null) {
            create.getAliases().forEach(alias -> option("--network-alias", alias, words));
        }
        option("--ip", create.getIpv4Address(), words);
        option("--ip6", create.getIpv6Address(), words);
    }

    private static void ports(CreateContainerCmd create, HostConfig host, List<String> words) {
        Ports ports = host.getPortBindings();
        if (ports != null) {
            for (Map.Entry<ExposedPort, Ports.Binding[]> each : ports.getBindings().entrySet()) {
                String port = each.getKey().toString();
                if (each.getValue() == null) {
                    option("--publish", port, words);
                    continue;
                }
                for (Ports.Binding binding : each.getValue()) {
                    option("--publish", published(binding, port), words);
                }
            }
        }
        if (Boolean.TRUE.equals(host.getPublishAllPorts())) {
            words.add("--publish-all");
        }
        if (create.getExposedPorts() != null) {
            for (ExposedPort port : create.getExposedPorts()) {
                option("--expose", port.toString(), words);
            }
        }
    }

    private static String published(Ports.@Nullable Binding binding, String port) {
        if (binding == null) {
            return port;
        }
        String hostPort = Objects.requireNonNullElse(binding.getHostPortSpec(), "");
        String address = Objects.requireNonNullElse(binding.getHostIp(), "");
        if (address.isEmpty()) {
            return hostPort.isEmpty() || hostPort.equals("0") ? port : hostPort + ":" + port;
        }
        String literal = address.contains(":") ? "[" + address + "]" : address;
        return literal + ":" + hostPort + ":" + port;
    }

    private static void option(String name, @Nullable String value, List<String> words) {
        if (value != null && !value.isEmpty()) {
            words.add(name + "=" + value);
        }
    }

    private static void options(String name, String @Nullable [] values, List<String> words) {
        list(values).forEach(value -> option(name, value, words));
    }

    private static List<String> list(String @Nullable [] values) {
        return values == null ? List.of() : Arrays.asList(values);
    }
}
