package dev.mirrord.compose;

import dev.mirrord.session.SessionDirectory;
import dev.mirrord.session.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code docker mirrord compose VERB …}: docker compose with the override file as one more file;
 * every verb and every flag is compose's own.
 */
final class ComposeCommand {
    /** Verbs that make containers: images and services have to be known as they are now. */
    private static final Set<String> MAKING =
            Set.of("up", "create", "run", "watch", "config", "convert", "build", "scale");

    /** Those without a project. */
    private static final Set<String> WITHOUT_PROJECT = Set.of("", "help", "version", "ls");

    private final ComposeLine line;

    private ComposeCommand(ComposeLine line) {
        this.line = line;
    }

    static int run(List<String> words) {
        ComposeVersion.check();
        return new ComposeCommand(ComposeLine.of(words)).run();
    }

    /** The text of the override file for the project that {@code words} choose. */
    static String override(List<String> words) {
        ComposeVersion.check();
        ComposeLine line = ComposeLine.of(words);
        if (!line.command().isEmpty()) {
            throw new ComposeFailure(
                    "docker mirrord override takes the options of docker compose, but no "
                            + line.verb());
        }
        return new OverrideFile(Project.read(line), ImageLookups::require, files(line)::find)
                .text();
    }

    private int run() {
        if (WITHOUT_PROJECT.contains(line.verb()) || line.command().contains("--help")) {
            return pass(line.options(), line.command());
        }
        ComposeFiles files = files(line);
        Project project = Project.read(line);
        Path override = place(project.resolved().path("name").asText());
        boolean making = MAKING.contains(line.verb());
        refuseScale(project);
        try {
            if (making || !Files.exists(override)) {
                OverrideFile.ImageLookup images =
                        making && !line.verb().equals("config")
                                ? new ImageLookups(line, line.command().contains("--build"))
                                : ImageLookups::require;
                write(override, new OverrideFile(project, images, files::find).text());
            }
            List<String> options = new ArrayList<>(line.optionsWithoutFiles());
            for (Path file : files.files()) {
                options.addAll(List.of("-f", file.toString()));
            }
            options.addAll(List.of("-f", override.toString()));
            int code = pass(options, command(project));
            if (code == 0 && line.verb().equals("down")) {
                Files.deleteIfExists(override);
            }
            return code;
        } catch (IOException e) {
            throw new ComposeFailure("cannot write the override file: " + e);
        }
    }

    private List<String> command(Project project) {
        return line.verb().equals("exec")
                ? ExecLine.of(line.command(), service -> isInContext(project, service))
                : line.command();
    }

    private static boolean isInContext(Project project, String service) {
        return project.raw().path("services").path(service).has(ContextConfig.KEY);
    }

    private void refuseScale(Project project) {
        for (String word : line.command()) {
            String scaled = word.replaceFirst("^--scale=", "");
            int sign = scaled.indexOf('=');
            boolean asked =
                    word.startsWith("--scale=")
                            || line.verb().equals("scale")
                            || line.command().contains("--scale");
            if (asked
                    && sign > 0
                    && isInContext(project, scaled.substring(0, sign))
                    && !scaled.substring(sign + 1).matches("[01]")) {
                throw new ComposeFailure(
                        "service %s cannot be scaled: with x-mirrord it has one container"
                                .formatted(scaled.substring(0, sign)));
            }
        }
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

    private static void write(Path file, String text) throws IOException {
        Path written = Files.createTempFile(file.getParent(), "compose.", ".yaml");
        Files.writeString(written, text);
        Files.move(written, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
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
            Process compose = new ProcessBuilder(Docker.line(words)).inheritIO().start();
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
