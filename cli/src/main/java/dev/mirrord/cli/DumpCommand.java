package dev.mirrord.cli;

import dev.mirrord.config.ConfigException;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.IncomingMode;
import dev.mirrord.config.Keys;
import dev.mirrord.config.LoadedConfig;
import dev.mirrord.config.Overrides;
import dev.mirrord.session.DumpFormat;
import dev.mirrord.session.DumpPort;
import dev.mirrord.session.DumpSession;
import dev.mirrord.session.SessionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mirrord dump}: prints what arrives at a target. */
@Command(sortOptions = false)
final class DumpCommand implements Callable<Integer> {
    @Option(
            names = {"-t", "--target"},
            paramLabel = "TARGET",
            description = "pod/NAME or deployment/NAME, with /container/NAME if wanted.")
    @Nullable String target;

    @Option(
            names = {"-n", "--target-namespace", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "Namespace of the target; default: the context's.")
    @Nullable String namespace;

    @Option(
            names = {"-p", "--ports"},
            paramLabel = "PORT",
            split = ",",
            description =
                    "Ports of the target, 53/udp for datagrams; default: those that its container"
                            + " declares.")
    List<String> ports = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            description = "json: one object on each line.")
    DumpFormat format = DumpFormat.text;

    @Mixin ClusterFlags cluster = new ClusterFlags();

    @Option(
            names = {"-f", "--config-file"},
            paramLabel = "FILE",
            description = "mirrord.json, .yaml or .toml.")
    @Nullable String configFile;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing but failures.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say every step.")
    boolean verbose;

    @Override
    public Integer call() throws ConfigException {
        List<DumpPort> wanted = ports.stream().map(DumpPort::parse).distinct().toList();
        Overrides overrides = new Overrides();
        overrides.parseIfGiven(Keys.TARGET, target, "-t");
        overrides.parseIfGiven(Keys.TARGET_NAMESPACE, namespace, "-n");
        cluster.addTo(overrides);
        overrides.set(Keys.INCOMING_MODE, IncomingMode.MIRROR, "dump");
        Terminal terminal = new Terminal(System.err, quiet, verbose);
        LoadedConfig loaded =
                ConfigLoader.load(
                        ConfigSources.ofProcess(Optional.ofNullable(configFile), overrides));
        loaded.warnings().forEach(terminal::warning);
        return new DumpSession(
                        new SessionRequest(loaded.config(), List.of()),
                        wanted,
                        format,
                        System.out,
                        terminal)
                .run();
    }
}
