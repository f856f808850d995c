package dev.mirrord.compose;

import dev.mirrord.session.ComposeContext;
import dev.mirrord.session.SessionDirectory;
import dev.mirrord.session.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * {@code docker mirrord compose VERB …}: docker compose with the override file as one more file;
 * every verb and every flag is compose's own.
 */
final class ComposeCommand {
    /** Verbs that make containers: images and services have to be known as they are now. */
    private static final Set<String> MAKING =
            Set.of("up", "create", "run", "watch", "config", "convert", "build", "scale");

    /** Those that start services: names matter. */
    private static final Set<String> STARTING = Set.of("up", "create", "run", "watch", "scale");

    /** Those without a project. */
    private static final Set<String> WITHOUT_PROJECT = Set.of("", "help", "version", "ls");

    private final ComposeLine line;
    private final Optional<GivenContext> given;

    private ComposeCommand(ComposeLine line, Optional<GivenContext> given) {
        this.line = line;
        this.given = given;
    }

    static int run(List<String> words) {
        Optional<GivenContext> given = useGiven();
        return new ComposeCommand(ComposeLine.of(words), given).run();
    }

    private static Optional<GivenContext> useGiven() {
        Optional<GivenContext> given = GivenContext.ofProcess();
        given.ifPresent(context -> Docker.use(context.docker()));
        return given;
    }

    private Project project() {
        Project project = ComposeVersion.checkBeside(() -> Project.read(line));
        return given.map(context -> context.in(project, this::services)).orElse(project);
    }

    /**
     * The text of the override file for the project that {@code words} choose. With a given context
     * compose will run at once, so that missing images are built or pulled.
     */
    static String override(List<String> words) {
        Optional<GivenContext> given = useGiven();
        ComposeLine line = ComposeLine.of(words);
        if (!line.command().isEmpty()) {
            throw new ComposeFailure(
                    "docker mirrord override takes the options of docker compose, but no "
                            + line.verb());
        }
        Project project = new ComposeCommand(line, given).project();
        CompletableFuture<Optional<String>> clashes = NameClashes.find(project);
        String text =
                new OverrideFile(
                                project,
                                Replicas.of(project),
                                given.isPresent()
                                        ? new ImageLookups(line, false)
                                        : ImageLookups::require,
                                files(line)::find)
                        .text();
        clashes.join().ifPresent(ComposeCommand::say);
        return text;
    }

    private int run() {
        if (WITHOUT_PROJECT.contains(line.verb()) || line.command().contains("--help")) {
            return pass(line.options(), line.command());
        }
        ComposeFiles files = files(line);
        Project project = project();
        Path override = place(project.resolved().path("name").asText());
        boolean making = MAKING.contains(line.verb());
        String before = read(override);
        Replicas there = Replicas.in(before);
        Replicas replicas = making || before.isEmpty() ? Replicas.of(project, line, there) : there;
        boolean quiet = given.map(GivenContext::quiet).orElse(false);
        CompletableFuture<Optional<String>> clashes =
                STARTING.contains(line.verb()) && !quiet
                        ? NameClashes.find(project)
                        : CompletableFuture.completedFuture(Optional.empty());
        List<String> options = options(files, override);
        try {
            if (making || before.isEmpty()) {
                OverrideFile.ImageLookup images =
                        making && !line.verb().equals("config")
                                ? new ImageLookups(line, line.command().contains("--build"))
                                : ImageLookups::require;
                String text = new OverrideFile(project, replicas, images, files::find).text();
                removeReplicas(options, there.beyond(replicas));
                write(override, text);
            }
            clashes.join().ifPresent(ComposeCommand::say);
            List<ServerState> states = making ? states(project, replicas) : List.of();
            states.forEach(ServerState::takeFailure);
            int code = pass(options, command(project, replicas));
            states.forEach(each -> each.takeFailure().ifPresent(ComposeCommand::say));
            if (code == 0 && line.verb().equals("down")) {
                Files.deleteIfExists(override);
            }
            return code;
        } catch (IOException e) {
            throw new ComposeFailure("cannot write the override file: " + e);
        }
    }

    private List<String> options(ComposeFiles files, Path override) {
        List<String> options = new ArrayList<>(line.optionsWithoutFiles());
        for (Path file : files.files()) {
            options.addAll(List.of("-f", file.toString()));
        }
        options.addAll(List.of("-f", override.toString()));
        return options;
    }

    private static List<ServerState> states(Project project, Replicas replicas) {
        String name = project.resolved().path("name").asText();
        return replicas.names(project.inContext()).stream()
                .map(each -> ServerState.of(name, ServiceOverride.provider(each)))
                .toList();
    }

    /** Compose would leave them as orphans; the override file still has them. */
    private static void removeReplicas(List<String> options, List<String> names) {
        if (!names.isEmpty()) {
            List<String> words = new ArrayList<>(List.of("rm", "--stop", "--force"));
            names.forEach(each -> words.addAll(ServiceOverride.parts(each)));
            pass(options, words);
        }
    }

    private static void say(String text) {
        System.err.println("mirrord: " + text);
    }

    /** Those that the verb is for: of the profiles that are on, or named. */
    private Set<String> services() {
        Set<String> services = new HashSet<>(line.command());
        List<String> words = new ArrayList<>(List.of("compose"));
        words.addAll(line.options());
        words.addAll(List.of("config", "--services"));
        Docker.ask(false, words).stream().flatMap(String::lines).forEach(services::add);
        return services;
    }

    private List<String> command(Project project, Replicas replicas) {
        List<String> words = ReplicaLine.of(replicas, line.command());
        return line.verb().equals("exec")
                ? ExecLine.of(words, replicas.names(project.inContext())::contains)
                : words;
    }

    private static ComposeFiles files(ComposeLine line) {
        if (line.values("-f", "--file").contains("-")) {
            throw new ComposeFailure(
                    "a project from standard input (-f -) cannot be read twice: write it to a"
                            + " file");
        }
        return ComposeFiles.of(line, Path.of("").toAbsolutePath(), System.getenv());
    }

    private static Path place(String project) {
        try {
            return SessionDirectory.ofUser().resolve("compose." + project + ".override.yaml");
        } catch (IOException e) {
            throw new ComposeFailure("cannot use the runtime directory: " + e);
        }
    }

    private static String read(Path override) {
        try {
            return Files.readString(override);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new ComposeFailure("cannot read the override file: " + e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Path written = Files.createTempFile(file.getParent(), "compose.", ".yaml");
        Files.writeString(written, text);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Compose in our place, on our terminal. */
    private static int pass(List<String> options, List<String> command) {
        List<String> words = new ArrayList<>(List.of("compose"));
        words.addAll(options);
        words.addAll(command);
        for (String signal : List.of("INT", "HUP")) {
            Signals.handle(signal, () -> {}); // The terminal tells compose too.
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(Docker.line(words)).inheritIO();
            builder.environment().remove(ComposeContext.VARIABLE);
            Process compose = builder.start();
            Signals.handle("TERM", compose::destroy);
            return compose.waitFor();
        } catch (IOException e) {
            throw new ComposeFailure("cannot run docker: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        }
    }
}
