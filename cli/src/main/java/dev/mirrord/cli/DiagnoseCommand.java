package dev.mirrord.cli;

import dev.mirrord.config.ConfigException;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.IncomingMode;
import dev.mirrord.config.Keys;
import dev.mirrord.config.LoadedConfig;
import dev.mirrord.config.Overrides;
import dev.mirrord.session.LatencyReport;
import dev.mirrord.session.LatencySession;
import dev.mirrord.session.RoundTrips;
import dev.mirrord.session.SessionFailure;
import dev.mirrord.session.SessionRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mirrord diagnose}: what a session with a target would be like. */
@Command(subcommands = DiagnoseCommand.Latency.class)
final class DiagnoseCommand extends CommandGroup {
    /** Round trips of a session without an app. */
    @Command(
            name = "latency",
            description = {
                "Start an agent beside a target, measure round trips to API server, agent and",
                "what the target reaches, and say which part is slow. No app, no Docker."
            },
            sortOptions = false)
    static final class Latency implements Callable<Integer> {
        @Option(
                names = {"-t", "--target"},
                paramLabel = "TARGET",
                description = "As of mirrord container.")
        @Nullable String target;

        @Option(
                names = {"-n", "--target-namespace", "--namespace"},
                paramLabel = "NAMESPACE",
                description = "Namespace of the target; default: the context's.")
        @Nullable String namespace;

        @Option(
                names = "--count",
                paramLabel = "NUMBER",
                description = "Round trips of each kind; default: ${DEFAULT-VALUE}.",
                defaultValue = "100")
        int count;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "table|json",
                description = "json: one object, times in milliseconds.")
        SessionCommand.Form form = SessionCommand.Form.table;

        @Mixin ClusterFlags cluster = new ClusterFlags();

        @Option(
                names = {"-f", "--config-file"},
                paramLabel = "FILE",
                arity = "0..1",
                fallbackValue = ConfigSources.DEFAULT_FILE,
                description = "mirrord.json, .yaml or .toml.")
        @Nullable String configFile;

        @Option(
                names = {"-q", "--quiet"},
                description = "Say nothing but the result and failures.")
        boolean quiet;

        @Option(
                names = {"-v", "--verbose"},
                description = "Say every step.")
        boolean verbose;

        @Override
        public Integer call() throws ConfigException {
            if (count < 1 || count > 10_000) {
                throw new SessionFailure("--count: must be 1 to 10000: " + count);
            }
            Overrides overrides = new Overrides();
            overrides.parseIfGiven(Keys.TARGET, target, "-t");
            overrides.parseIfGiven(Keys.TARGET_NAMESPACE, namespace, "-n");
            cluster.addTo(overrides);
            overrides.set(Keys.INCOMING_MODE, IncomingMode.OFF, "diagnose");
            Terminal terminal = new Terminal(System.err, quiet, verbose);
            LoadedConfig loaded =
                    ConfigLoader.load(
                            ConfigSources.ofProcess(Optional.ofNullable(configFile), overrides));
            loaded.warnings().forEach(terminal::warning);
            LatencyReport report =
                    new LatencySession(
                                    new SessionRequest(loaded.config(), List.of()), count, terminal)
                            .run();
            switch (form) {
                case json -> System.out.println(json(report));
                case table -> print(report);
            }
            return 0;
        }

        private static void print(LatencyReport report) {
            System.out.printf("%-12s %9s %9s %9s%n", "", "min", "median", "p99");
            for (RoundTrips each : report.all()) {
                System.out.printf(
                        "%-12s %9s %9s %9s  %s%n",
                        each.what(),
                        LatencyReport.text(each.least()),
                        LatencyReport.text(each.median()),
                        LatencyReport.text(each.percentile(99)),
                        each.way());
            }
            System.out.println(report.target() + ": " + report.verdict());
        }

        private static String json(LatencyReport report) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("target", report.target());
            members.put("apiServer", times(report.apiServer()));
            members.put("tunnel", times(report.tunnel()));
            report.dns().ifPresent(each -> members.put("dns", times(each)));
            report.connect().ifPresent(each -> members.put("connect", times(each)));
            members.put("verdict", report.verdict());
            return JsonLine.value(members);
        }

        private static Map<String, Object> times(RoundTrips each) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("count", each.nanoseconds().size());
            members.put("min", milliseconds(each.least()));
            members.put("median", milliseconds(each.median()));
            members.put("p99", milliseconds(each.percentile(99)));
            members.put("way", each.way());
            return members;
        }

        private static double milliseconds(long nanoseconds) {
            return Math.round(nanoseconds / 1e4) / 100.0;
        }
    }
}
