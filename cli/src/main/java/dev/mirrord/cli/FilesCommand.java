package dev.mirrord.cli;

import dev.mirrord.config.ConfigException;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.LoadedConfig;
import dev.mirrord.config.Overrides;
import dev.mirrord.config.files.ContainerFacts;
import dev.mirrord.config.files.FileExplanation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mirrord fs}: what feature.fs means for a path. */
@Command(subcommands = FilesCommand.Explain.class)
final class FilesCommand extends CommandGroup {
    /** From the configuration alone: no cluster and no engine is asked. */
    @Command(
            name = "explain",
            description = "Show which rule of feature.fs decides about each PATH, and why.")
    static final class Explain implements Callable<Integer> {
        @Option(
                names = {"-f", "--config-file"},
                paramLabel = "FILE",
                arity = "0..1",
                fallbackValue = ConfigSources.DEFAULT_FILE,
                description = "mirrord.json, .yaml or .toml; - reads JSON from standard input.")
        @Nullable String configFile;

        @Option(
                names = "--workdir",
                paramLabel = "DIR",
                description = "The container's working directory, which stays local.")
        String workingDirectory = "";

        @Option(names = "--home", paramLabel = "DIR", description = "The app's HOME.")
        String home = "";

        @Parameters(paramLabel = "PATH", arity = "1..*", description = "As the app names it.")
        List<String> paths = List.of();

        @Override
        public Integer call() throws ConfigException {
            LoadedConfig loaded =
                    ConfigLoader.load(
                            ConfigSources.ofProcess(
                                    Optional.ofNullable(configFile), new Overrides()));
            loaded.warnings().forEach(line -> System.err.println("mirrord: " + line));
            FileExplanation explanation =
                    new FileExplanation(
                            loaded.config().feature().files(),
                            new ContainerFacts(workingDirectory, home, List.of()));
            paths.forEach(path -> explanation.of(path).forEach(System.out::println));
            return 0;
        }
    }
}
