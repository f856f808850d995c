package dev.mirrord.session.docker.rewrite;

import dev.mirrord.session.docker.command.ContainerCommand;
import dev.mirrord.session.docker.command.RunFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The health check, run through the launcher so that it sees what the app sees. The command line
 * can only set the shell form ({@code --health-cmd}): the exec form becomes a quoted shell line
 * where the image has a shell, and is left to the engine's API where it has none. Intervals and
 * counts are not touched: what the line does not give, the engine takes from the image, test or no
 * test.
 */
final class HealthCheck {

    private static final Set<String> POSIX_SHELLS =
            Set.of("sh", "bash", "ash", "dash", "ksh", "mksh", "zsh", "busybox");

    private HealthCheck() {}

    /** What becomes of the health check. */
    sealed interface Outcome {
        /** There is none, or it is switched off. */
        record Unchanged() implements Outcome {}

        /** The value of {@code --health-cmd}. */
        record Line(String line) implements Outcome {}

        /** In exec form, the launcher first. */
        record Exec(List<String> words) implements Outcome {}

        /** It runs outside the target's context; the notice says so. */
        record Outside(String notice) implements Outcome {}
    }

    static Outcome of(ContainerCommand command, ImageConfig image, Predicate<String> imageHas) {
        if (command.on(RunFlag.NO_HEALTHCHECK)) {
            return new Outcome.Unchanged();
        }
        Optional<String> line = command.last(RunFlag.HEALTH_CMD).filter(text -> !text.isEmpty());
        if (line.isPresent()) {
            return shellForm(image, line.get());
        }
        List<String> test = image.healthTest();
        if (test.size() < 2) {
            return new Outcome.Unchanged();
        }
        return switch (test.getFirst()) {
            case "CMD-SHELL" -> shellForm(image, test.get(1));
            case "CMD" -> execForm(image, test.subList(1, test.size()), imageHas);
            default -> new Outcome.Unchanged();
        };
    }

    private static Outcome shellForm(ImageConfig image, String line) {
        if (!posix(image.effectiveShell())) {
            return new Outcome.Outside(outside("its shell is not a POSIX one"));
        }
        List<String> words = new ArrayList<>(image.effectiveShell());
        words.add(line);
        return launched(words);
    }

    private static Outcome execForm(
            ImageConfig image, List<String> words, Predicate<String> imageHas) {
        List<String> shell = image.effectiveShell();
        if (!posix(shell) || !imageHas.test(shell.getFirst())) {
            List<String> launched = new ArrayList<>(List.of(Rewriter.LAUNCHER));
            launched.addAll(words);
            return new Outcome.Exec(launched);
        }
        return launched(words);
    }

    private static Outcome launched(List<String> words) {
        return new Outcome.Line("exec " + Rewriter.LAUNCHER + " " + ShellQuote.quoted(words));
    }

    private static boolean posix(List<String> shell) {
        String program = shell.getFirst();
        String name = program.substring(program.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return POSIX_SHELLS.contains(name);
    }

    private static String outside(String why) {
        return "the image's health check runs without the target's context: "
                + why
                + " (give one with --health-cmd, or --no-healthcheck)";
    }
}
