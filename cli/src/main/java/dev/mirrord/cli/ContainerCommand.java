package dev.mirrord.cli;

import dev.mirrord.config.ConfigException;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.IncomingMode;
import dev.mirrord.config.Keys;
import dev.mirrord.config.LoadedConfig;
import dev.mirrord.config.Overrides;
import dev.mirrord.config.SettingsReport;
import dev.mirrord.session.AsTarget;
import dev.mirrord.session.BackgroundSession;
import dev.mirrord.session.ContainerSession;
import dev.mirrord.session.DryRun;
import dev.mirrord.session.SessionFailure;
import dev.mirrord.session.SessionRequest;
import dev.mirrord.session.ThisProgram;
import dev.mirrord.session.docker.command.ComposeWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mirrord container}: runs a container in the context of a target. */
@Command(sortOptions = false)
class ContainerCommand implements Callable<Integer> {
    @Spec @Nullable CommandSpec spec;

    @Option(
            names = {"-t", "--target"},
            paramLabel = "TARGET",
            description = {
                "pod/NAME, deployment/NAME, each with /container/NAME if wanted,",
                "or targetless."
            })
    @Nullable String target;

    @Option(
            names = {"-n", "--target-namespace", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "Namespace of the target; default: the context's.")
    @Nullable String namespace;

    @Mixin ClusterFlags cluster = new ClusterFlags();

    @Option(
            names = {"-f", "--config-file"},
            paramLabel = "FILE",
            arity = "0..1",
            fallbackValue = ".mirrord/mirrord.json",
            description = "mirrord.json, .yaml or .toml; - reads JSON from standard input.")
    @Nullable String configFile;

    @Option(
            names = {"-k", "--key"},
            paramLabel = "KEY",
            description = "Name of the session, {{ key }} in the configuration file.")
    @Nullable String key;

    @Option(
            names = "--as-target",
            description = {
                "Take image, command, arguments, working directory, user and",
                "limits of the target's container where the docker line has none."
            })
    boolean asTarget;

    @Option(
            names = "--service",
            paramLabel = "NAME",
            description = {
                "With docker compose: a service to run in the context; may be repeated.",
                "Default: all of them."
            })
    List<String> services = new ArrayList<>();

    @ArgGroup(validate = false, heading = "%nWhat is remote:%n")
    FeatureOptions features = new FeatureOptions();

    @ArgGroup(validate = false, heading = "%nThe agent:%n")
    AgentOptions agent = new AgentOptions();

    @ArgGroup(validate = false, heading = "%nWhat is said:%n")
    OutputOptions output = new OutputOptions();

    @Mixin PeerFlags peerFlags = new PeerFlags();

    @Parameters(
            paramLabel = "docker run …",
            arity = "0..*",
            description = "The command line as you would type it without mirrord.")
    List<String> command = new ArrayList<>();

    /** Options of {@code feature.*}. */
    static final class FeatureOptions {
        @Option(names = "--steal", description = "Take the target's traffic over, not a copy.")
        boolean steal;

        @Option(
                names = "--fs-mode",
                paramLabel = "read|write|local|localwithoverrides",
                description = "Whose files the app sees.")
        @Nullable String fsMode;

        @Option(names = "--no-remote-dns", description = "Keep DNS with Docker.")
        boolean noRemoteDns;

        @Option(names = "--no-outgoing", description = "Keep all outgoing traffic local.")
        boolean noOutgoing;

        @Option(names = "--no-tcp-outgoing", description = "Keep outgoing TCP local.")
        boolean noTcpOutgoing;

        @Option(names = "--no-udp-outgoing", description = "Keep outgoing UDP local.")
        boolean noUdpOutgoing;

        @Option(
                names = {"-s", "--override-env-vars-include"},
                paramLabel = "NAMES",
                description = "Take only these variables; ; separates, * and ? match.")
        @Nullable String include;

        @Option(
                names = {"-x", "--override-env-vars-exclude"},
                paramLabel = "NAMES",
                description = "Take all but these variables.")
        @Nullable String exclude;

        @Option(
                names = "--env-file",
                paramLabel = "FILE",
                description = "Variables that win over the target's.")
        @Nullable Path envFile;
    }

    /** Options of {@code agent.*}. */
    static final class AgentOptions {
        @Option(
                names = {"-a", "--agent-namespace"},
                paramLabel = "NAMESPACE",
                description = "Where the agent's Job is made; default: the target's namespace.")
        @Nullable String namespace;

        @Option(
                names = {"-i", "--agent-image"},
                paramLabel = "IMAGE",
                description = "Image of the agent.")
        @Nullable String image;

        @Option(
                names = {"-l", "--agent-log-level"},
                paramLabel = "LEVEL",
                description = "error, warn, info, debug or trace.")
        @Nullable String logLevel;

        @Option(names = "--agent-ttl", paramLabel = "SECONDS", description = "The Job's TTL.")
        @Nullable String ttl;

        @Option(
                names = "--agent-startup-timeout",
                paramLabel = "SECONDS",
                description = "How long the agent may take to start.")
        @Nullable String startupTimeout;

        @Option(
                names = {"-c", "--accept-invalid-certificates"},
                description = "Do not check the API server's certificate.")
        boolean acceptInvalidCertificates;
    }

    /** What goes to standard error. */
    static final class OutputOptions {
        @Option(
                names = {"-q", "--quiet"},
                description = "Say nothing but failures.")
        boolean quiet;

        @Option(
                names = {"-v", "--verbose"},
                description = "Say every step.")
        boolean verbose;

        @Option(
                names = "--dry-run",
                description = "Print every Kubernetes object and docker call; make none.")
        boolean dryRun;
    }

    private List<String> line() {
        CommandSpec parsed = spec;
        return parsed == null
                ? List.of()
                : parsed.root().commandLine().getParseResult().originalArgs();
    }

    @Override
    public Integer call() throws ConfigException, IOException {
        peerFlags.check();
        Optional<ComposeWords> compose = ComposeWords.of(command);
        if (compose.isPresent()) {
            return compose(compose.get());
        }
        refuseServices();
        List<String> parsable = asTarget ? AsTarget.parsable(command) : command;
        if (!output.dryRun && BackgroundSession.isWanted(parsable)) {
            return BackgroundSession.start(
                    ThisProgram.again(Main.class, line()),
                    "-".equals(configFile),
                    System.out,
                    System.err);
        }
        Terminal terminal = new Terminal(System.err, output.quiet, output.verbose);
        SessionRequest request = request(command, terminal);
        return output.dryRun
                ? new DryRun(request, System.out).run()
                : new ContainerSession(request, terminal).run();
    }

    /** What is asked for, with {@code line} as the container's. */
    SessionRequest request(List<String> line, Terminal terminal) throws ConfigException {
        LoadedConfig loaded =
                ConfigLoader.load(
                        ConfigSources.ofProcess(Optional.ofNullable(configFile), overrides()));
        loaded.warnings().forEach(terminal::warning);
        SessionRequest request = new SessionRequest(loaded.config(), List.copyOf(line));
        return asTarget
                ? new SessionRequest(loaded.config(), AsTarget.complete(request, terminal))
                : request;
    }

    private int compose(ComposeWords words) throws ConfigException {
        ComposeRun run = new ComposeRun(words, services, output.quiet);
        run.check(asTarget, output.dryRun);
        SettingsReport settings =
                ConfigLoader.report(
                        ConfigSources.ofProcess(Optional.ofNullable(configFile), overrides()),
                        false);
        Terminal terminal = new Terminal(System.err, output.quiet, output.verbose);
        settings.warnings().forEach(terminal::warning);
        return run.run(settings);
    }

    void refuseServices() {
        if (!services.isEmpty()) {
            throw new SessionFailure(
                    "--service %s is for docker compose, but the command is %s: remove it, or put docker compose … after --"
                            .formatted(
                                    services.getFirst(),
                                    command.isEmpty()
                                            ? "empty"
                                            : String.join(
                                                    " ",
                                                    command.subList(
                                                            0, Math.min(2, command.size())))));
        }
    }

    /** The options that stand for configuration keys. */
    private Overrides overrides() {
        Overrides overrides = new Overrides();
        overrides.parseIfGiven(Keys.TARGET, target, "-t");
        overrides.parseIfGiven(Keys.TARGET_NAMESPACE, namespace, "-n");
        cluster.addTo(overrides);
        overrides.parseIfGiven(Keys.FILE_MODE, features.fsMode, "--fs-mode");
        overrides.parseIfGiven(Keys.ENV_INCLUDE, features.include, "-s");
        overrides.parseIfGiven(Keys.ENV_EXCLUDE, features.exclude, "-x");
        overrides.parseIfGiven(Keys.ENV_FILE, features.envFile, "--env-file");
        overrides.parseIfGiven(Keys.AGENT_NAMESPACE, agent.namespace, "-a");
        overrides.parseIfGiven(Keys.AGENT_IMAGE, agent.image, "-i");
        overrides.parseIfGiven(Keys.KEY, key, "-k");
        overrides.parseIfGiven(Keys.AGENT_LOG_LEVEL, agent.logLevel, "-l");
        overrides.parseIfGiven(Keys.AGENT_TTL, agent.ttl, "--agent-ttl");
        overrides.parseIfGiven(
                Keys.AGENT_STARTUP_TIMEOUT, agent.startupTimeout, "--agent-startup-timeout");
        if (agent.acceptInvalidCertificates) {
            overrides.set(Keys.ACCEPT_INVALID_CERTIFICATES, true, "-c");
        }
        if (features.steal) {
            overrides.set(Keys.INCOMING_MODE, IncomingMode.STEAL, "--steal");
        }
        if (features.noRemoteDns) {
            overrides.set(Keys.DNS, false, "--no-remote-dns");
        }
        if (features.noOutgoing || features.noTcpOutgoing) {
            overrides.set(Keys.OUTGOING_TCP, false, "--no-tcp-outgoing");
        }
        if (features.noOutgoing || features.noUdpOutgoing) {
            overrides.set(Keys.OUTGOING_UDP, false, "--no-udp-outgoing");
        }
        return overrides;
    }
}
