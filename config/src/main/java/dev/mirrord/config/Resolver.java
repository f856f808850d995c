package dev.mirrord.config;

import dev.mirrord.config.environment.Dotenv;
import dev.mirrord.config.environment.DotenvException;
import dev.mirrord.config.environment.EnvironmentRules;
import dev.mirrord.config.files.FileEngine;
import dev.mirrord.config.files.FileMode;
import dev.mirrord.config.files.FileRules;
import dev.mirrord.config.files.FileVolumes;
import dev.mirrord.config.filter.DnsFilter;
import dev.mirrord.config.filter.OutgoingFilter;
import dev.mirrord.config.filter.Rule;
import dev.mirrord.config.filter.RuleParser;
import dev.mirrord.config.filter.Side;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds the tree from what was set, with every default. */
final class Resolver {
    private static final FileMode DEFAULT_FILE_MODE = FileMode.LOCAL;

    private final Settings settings;
    private final Problems problems;
    private final ConfigSources sources;

    Resolver(Settings settings, Problems problems, ConfigSources sources) {
        this.settings = settings;
        this.problems = problems;
        this.sources = sources;
    }

    MirrordConfig resolve() {
        MirrordConfig config =
                new MirrordConfig(
                        settings.find(Keys.TARGET),
                        settings.find(Keys.TARGET_NAMESPACE),
                        settings.find(Keys.KEY),
                        kubernetes(),
                        AgentResolver.resolve(settings, problems),
                        new ContainerConfig(
                                settings.find(Keys.SIDECAR_IMAGE),
                                settings.list(Keys.SIDECAR_EXTRA_ARGS)),
                        settings.get(Keys.PID_ONE, PidOne.AUTO),
                        new FeatureConfig(
                                environment(),
                                settings.get(Keys.HOSTNAME, true),
                                files(),
                                network()));
        CrossChecks.run(config, settings, problems);
        return config;
    }

    private KubernetesConfig kubernetes() {
        return new KubernetesConfig(
                settings.find(Keys.KUBE_CONTEXT),
                settings.find(Keys.KUBECONFIG).map(this::paths).orElse(List.of()),
                settings.find(Keys.ACCEPT_INVALID_CERTIFICATES),
                settings.get(Keys.USE_PROXY, true),
                new StartupRetry(
                        Duration.ofMillis(settings.get(Keys.RETRY_MIN_MS, 500)),
                        Duration.ofMillis(settings.get(Keys.RETRY_MAX_MS, 5000)),
                        settings.get(Keys.RETRY_COUNT, 2)));
    }

    private List<Path> paths(String list) {
        return Arrays.stream(list.split(File.pathSeparator))
                .filter(path -> !path.isEmpty())
                .map(this::path)
                .toList();
    }

    private Path path(String text) {
        String home =
                sources.environment().getOrDefault("HOME", System.getProperty("user.home", ""));
        boolean atHome = text.equals("~") || text.startsWith("~/");
        return sources.directory().resolve(atHome ? home + text.substring(1) : text);
    }

    private EnvironmentRules environment() {
        return new EnvironmentRules(
                settings.get(Keys.ENV_INCLUDE, List.of("*")),
                settings.list(Keys.ENV_EXCLUDE),
                settings.find(Keys.ENV_FILE).map(this::environmentFile).orElse(Map.of()),
                settings.map(Keys.ENV_MAPPING),
                settings.map(Keys.ENV_OVERRIDE),
                settings.list(Keys.ENV_UNSET));
    }

    /** A targetless session has no files but its own: an agent's are nobody's. */
    private FileRules files() {
        boolean targetless =
                settings.find(Keys.TARGET).filter(Target.Targetless.class::isInstance).isPresent();
        return new FileRules(
                targetless ? FileMode.LOCAL : settings.get(Keys.FILE_MODE, DEFAULT_FILE_MODE),
                settings.list(Keys.FILE_READ_WRITE),
                settings.list(Keys.FILE_READ_ONLY),
                settings.list(Keys.FILE_LOCAL),
                settings.list(Keys.FILE_NOT_FOUND),
                settings.find(Keys.FILE_MAPPING).orElseGet(LinkedHashMap::new),
                settings.get(Keys.FILE_ENGINE, FileEngine.AUTO),
                settings.get(Keys.AUTO_MOUNT, true),
                targetless ? FileVolumes.OFF : settings.get(Keys.FILE_VOLUMES, FileVolumes.OFF));
    }

    private Map<String, String> environmentFile(String file) {
        try {
            return Dotenv.parse(ConfigLoader.read(path(file)));
        } catch (IOException e) {
            problems.error(ConfigLoader.unreadable("file of feature.env.env_file", file, e));
        } catch (DotenvException e) {
            problems.error(file + ": " + e.getMessage());
        }
        return Map.of();
    }

    private NetworkConfig network() {
        OutgoingFilter outgoing =
                new OutgoingFilter(
                        side(Keys.OUTGOING_FILTER_REMOTE),
                        rules(Keys.OUTGOING_FILTER_REMOTE, Keys.OUTGOING_FILTER_LOCAL));
        return new NetworkConfig(
                settings.get(Keys.IPV6, true),
                new DnsConfig(
                        settings.get(Keys.DNS, true),
                        dnsFilter(outgoing),
                        settings.get(Keys.DNS_DOCKER_NAMES, true)),
                new OutgoingConfig(
                        settings.get(Keys.OUTGOING_TCP, true),
                        settings.get(Keys.OUTGOING_UDP, true),
                        settings.get(Keys.OUTGOING_IGNORE_LOCALHOST, false),
                        outgoing,
                        settings.list(Keys.OUTGOING_UNIX_STREAMS)),
                incoming());
    }

    private IncomingConfig incoming() {
        boolean targetless =
                settings.find(Keys.TARGET).filter(Target.Targetless.class::isInstance).isPresent();
        IncomingMode mode =
                settings.get(
                        Keys.INCOMING_MODE, targetless ? IncomingMode.OFF : IncomingMode.MIRROR);
        Optional<HttpFilterConfig> filter = HttpFilterResolver.resolve(settings, problems, mode);
        return IncomingConfig.of(
                mode,
                settings.find(Keys.INCOMING_PORT_MAPPING)
                        .<Map<Integer, Integer>>map(m -> m)
                        .orElse(Map.of()),
                settings.find(Keys.INCOMING_LISTEN_PORTS)
                        .<Map<Integer, Integer>>map(m -> m)
                        .orElse(Map.of()),
                settings.find(Keys.INCOMING_PORTS).map(HashSet::new),
                new HashSet<>(settings.list(Keys.INCOMING_IGNORE_PORTS)),
                settings.get(Keys.INCOMING_IGNORE_LOCALHOST, false),
                filter,
                new TlsResolver(settings, problems, this::path).resolve(mode, filter.isPresent()));
    }

    /** A name that is reached locally has to be resolved locally. */
    private DnsFilter dnsFilter(OutgoingFilter outgoing) {
        Side side = side(Keys.DNS_FILTER_REMOTE);
        List<Rule> rules = new ArrayList<>(rules(Keys.DNS_FILTER_REMOTE, Keys.DNS_FILTER_LOCAL));
        boolean unset =
                !settings.has(Keys.DNS_FILTER_REMOTE) && !settings.has(Keys.DNS_FILTER_LOCAL);
        boolean sameSide = side == outgoing.side() && (!unset || side == Side.LOCAL);
        if (sameSide) {
            outgoing.names().forEach(name -> rules.add(RuleParser.dns(name)));
        }
        return new DnsFilter(side, rules);
    }

    private Side side(Key<List<Rule>> remote) {
        return settings.has(remote) ? Side.REMOTE : Side.LOCAL;
    }

    private List<Rule> rules(Key<List<Rule>> remote, Key<List<Rule>> local) {
        Optional<List<Rule>> found = settings.find(remote).or(() -> settings.find(local));
        return found.orElse(List.of());
    }
}
