package dev.mirrord.cli;

import dev.mirrord.config.ConfigException;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigReference;
import dev.mirrord.config.ConfigSchema;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.Overrides;
import dev.mirrord.config.SettingsReport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code mirrord config}: what may be configured, and what is. No cluster and no engine is asked.
 */
@Command(
        subcommands = {
            ConfigCommand.Verify.class,
            ConfigCommand.Show.class,
            ConfigCommand.Schema.class,
            ConfigCommand.Reference.class
        })
final class ConfigCommand extends CommandGroup {
    private static SettingsReport load(@Nullable String file, boolean withDefaults)
            throws ConfigException {
        return ConfigLoader.report(
                ConfigSources.ofProcess(Optional.ofNullable(file), new Overrides()), withDefaults);
    }

    /** As a session would read it: with the environment's variables. */
    @Command(
            name = "verify",
            description = "Say what is wrong with each FILE; exit with 0 if nothing.")
    static final class Verify implements Callable<Integer> {
        @Parameters(
                paramLabel = "FILE",
                arity = "1..*",
                description = "mirrord.json, .yaml or .toml; - reads JSON from standard input.")
        List<String> files = List.of();

        @Option(
                names = {"-o", "--output"},
                paramLabel = "table|json",
                description = "json: an object a line.")
        SessionCommand.Form form = SessionCommand.Form.table;

        @Override
        public Integer call() {
            int exitCode = 0;
            for (String file : files) {
                List<String> errors = List.of();
                List<String> warnings = List.of();
                try {
                    warnings = load(file, false).warnings();
                } catch (ConfigException e) {
                    errors = e.problems();
                    exitCode = FailureText.OUR_FAILURE;
                }
                if (form == SessionCommand.Form.json) {
                    System.out.println(
                            JsonLine.object(
                                    "file", file,
                                    "valid", errors.isEmpty(),
                                    "errors", errors,
                                    "warnings", warnings));
                } else {
                    errors.forEach(line -> System.out.println("error: " + line));
                    warnings.forEach(line -> System.out.println("warning: " + line));
                    if (errors.isEmpty()) {
                        System.out.println(file + ": valid");
                    }
                }
            }
            return exitCode;
        }
    }

    /** Of file and variables. */
    @Command(name = "show", description = "Show what is set, and where.")
    static final class Show implements Callable<Integer> {
        @Option(
                names = {"-f", "--config-file"},
                paramLabel = "FILE",
                arity = "0..1",
                fallbackValue = ConfigSources.DEFAULT_FILE,
                description = "Default: MIRRORD_CONFIG_FILE, if set.")
        @Nullable String configFile;

        @Option(names = "--resolved", description = "Also the defaults of what is not set.")
        boolean resolved;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "table|json",
                description = "json: an object a line.")
        SessionCommand.Form form = SessionCommand.Form.table;

        @Override
        public Integer call() throws ConfigException {
            SettingsReport report = load(configFile, resolved);
            report.warnings().forEach(line -> System.err.println("mirrord: " + line));
            for (SettingsReport.Line line : report.lines()) {
                System.out.println(
                        form == SessionCommand.Form.json
                                ? JsonLine.object(
                                        "key", line.path(),
                                        "value", line.value(),
                                        "origin", line.origin())
                                : "%-56s %-28s %s"
                                        .formatted(
                                                line.path(),
                                                JsonLine.value(line.value()),
                                                line.origin()));
            }
            return 0;
        }
    }

    /** Published as docs/mirrord.schema.json. */
    @Command(name = "schema", description = "Print the JSON Schema of a configuration file.")
    static final class Schema implements Callable<Integer> {
        @Override
        public Integer call() {
            System.out.print(ConfigSchema.json());
            return 0;
        }
    }

    /** Published as docs/configuration.md. */
    @Command(name = "reference", description = "Print the reference of all options as Markdown.")
    static final class Reference implements Callable<Integer> {
        @Override
        public Integer call() {
            System.out.print(ConfigReference.markdown());
            return 0;
        }
    }
}
