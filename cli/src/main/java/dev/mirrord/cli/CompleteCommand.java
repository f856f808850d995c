package dev.mirrord.cli;

import dev.mirrord.session.ClusterChoice;
import dev.mirrord.session.Suggestions;
import dev.mirrord.session.Targets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/** Asked by the shells' scripts of {@code mirrord completion}: what the last word may become. */
@Command
final class CompleteCommand implements Callable<Integer> {
    /** Nobody waits longer for a key press; a cluster that is away suggests nothing. */
    private static final int PATIENCE_SECONDS = 3;

    @Parameters(description = "The words after mirrord, up to the cursor.")
    List<String> words = List.of();

    private final Map<String, String> given = new HashMap<>();

    @Override
    public Integer call() {
        if (!words.isEmpty()) {
            String typed = words.getLast();
            candidates(CommandTree.whole().getCommandSpec(), typed)
                    .filter(candidate -> candidate.startsWith(typed))
                    .sorted()
                    .distinct()
                    .forEach(System.out::println);
        }
        return 0;
    }

    private Stream<String> candidates(CommandSpec root, String typed) {
        CommandSpec command = root;
        for (int i = 0; i < words.size() - 1; i++) {
            String word = words.get(i);
            OptionSpec option = command.findOption(word);
            if (word.equals("--")) {
                return Stream.empty();
            } else if (option != null && option.arity().min() > 0) {
                if (i == words.size() - 2) {
                    return values(option, typed);
                }
                i++;
                given.put(option.longestName(), words.get(i));
            } else if (!word.startsWith("-")) {
                if (!command.subcommands().containsKey(word)) {
                    return Stream.empty();
                }
                command = command.subcommands().get(word).getCommandSpec();
            }
        }
        return typed.startsWith("-")
                ? command.options().stream()
                        .filter(option -> !option.hidden())
                        .flatMap(option -> Arrays.stream(option.names()))
                : command.subcommands().entrySet().stream()
                        .filter(each -> !each.getValue().getCommandSpec().usageMessage().hidden())
                        .map(Map.Entry::getKey);
    }

    private Stream<String> values(OptionSpec option, String typed) {
        return switch (option.paramLabel()) {
            case "TARGET" -> patiently(() -> Suggestions.targets(choice(), typed));
            case "NAMESPACE" -> patiently(() -> Suggestions.namespaces(choice()));
            case "CONTEXT" -> patiently(() -> Suggestions.contexts(choice()));
            case "KIND" -> Targets.kinds().stream();
            case String label when label.contains("|") -> Arrays.stream(label.split("\\|"));
            default -> Stream.empty();
        };
    }

    private ClusterChoice choice() {
        String kubeconfig = given.get("--kubeconfig");
        String namespace = given.getOrDefault("--namespace", given.get("--target-namespace"));
        return new ClusterChoice(
                kubeconfig == null ? null : Path.of(kubeconfig), given.get("--context"), namespace);
    }

    /** A shell has no place for a message: what fails suggests nothing. */
    private static Stream<String> patiently(Supplier<List<String>> question) {
        return CompletableFuture.supplyAsync(
                question, task -> Thread.ofPlatform().daemon().start(task))
                .completeOnTimeout(List.of(), PATIENCE_SECONDS, TimeUnit.SECONDS)
                .exceptionally(_ -> List.of())
                .join()
                .stream();
    }
}
