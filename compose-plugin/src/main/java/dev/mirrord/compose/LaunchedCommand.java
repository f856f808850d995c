package dev.mirrord.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mirrord.config.PidOne;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a service runs, with the launcher before it: its command, and its health check, which so
 * sees what the app sees.
 *
 * @param image configuration of the service's image, for what the service leaves to it
 */
record LaunchedCommand(String name, JsonNode service, Supplier<JsonNode> image, PidOne pidOne) {
    static final String LAUNCHER = "/.mirrord/run";

    void change(ServiceChanges changes) {
        changeCommand(changes);
        List<String> test = healthTest();
        if (!test.isEmpty()) {
            changes.overrideIn("healthcheck", "test", YamlWords.array(test));
        }
    }

    /** The launcher goes before the entry point; the command stays where it is if there is one. */
    private void changeCommand(ServiceChanges changes) {
        JsonNode entrypoint = service.path("entrypoint");
        JsonNode command = service.path("command");
        boolean ownCommand = !YamlWords.texts(command).isEmpty();
        boolean ownEntrypoint = !entrypoint.isMissingNode() && !entrypoint.isNull();
        boolean cleared = ownEntrypoint && YamlWords.texts(entrypoint).isEmpty();
        List<String> fromImage = ownEntrypoint ? List.of() : ofImage("Entrypoint");
        List<String> arguments =
                !ownCommand && (!ownEntrypoint || cleared) ? ofImage("Cmd") : List.of();
        if (ownEntrypoint && entrypoint.isTextual() && !cleared) {
            // Compose splits it after it has put the variables in.
            String line = String.join(" ", launcher(first(entrypoint))) + " " + entrypoint.asText();
            changes.override("entrypoint", TextNode.valueOf(line));
            return;
        }
        List<String> words = ownEntrypoint ? YamlWords.texts(entrypoint) : fromImage;
        String program;
        if (!words.isEmpty()) {
            program = words.getFirst();
        } else if (ownCommand) {
            program = first(command);
        } else if (!arguments.isEmpty()) {
            program = arguments.getFirst();
        } else {
            throw new ComposeFailure(
                    "service %s: neither it nor its image has a command to run".formatted(name));
        }
        List<String> all = new ArrayList<>(launcher(program));
        all.addAll(words);
        changes.override("entrypoint", YamlWords.array(all));
        if (!arguments.isEmpty()) {
            changes.override("command", YamlWords.array(arguments));
        }
    }

    private List<String> launcher(String program) {
        boolean pid1 = !service.path("init").asBoolean() && pidOne.isApp(program);
        return pid1
                ? List.of(LAUNCHER, "--main", "--pid1-app", "--")
                : List.of(LAUNCHER, "--main", "--");
    }

    private static String first(JsonNode words) {
        String text = words.isTextual() ? words.asText() : words.path(0).asText();
        return words.isTextual() ? text.strip().split("\\s", 2)[0] : text;
    }

    /** None where there is no check. */
    private List<String> healthTest() {
        JsonNode check = service.path("healthcheck");
        JsonNode own = check.path("test");
        if (check.path("disable").asBoolean()) {
            return List.of();
        }
        List<String> test =
                own.isTextual() && !own.asText().isBlank()
                        ? List.of("CMD-SHELL", own.asText())
                        : YamlWords.texts(own);
        if (test.isEmpty()) {
            test = YamlWords.dollars(YamlWords.texts(image.get().path("Healthcheck").path("Test")));
        }
        if (test.size() < 2) {
            return List.of();
        }
        List<String> words = new ArrayList<>(List.of("CMD", LAUNCHER));
        if (test.getFirst().equals("CMD-SHELL")) {
            List<String> shell = ofImage("Shell");
            words.addAll(shell.isEmpty() ? List.of("/bin/sh", "-c") : shell);
        }
        words.addAll(test.subList(1, test.size()));
        return words;
    }

    private List<String> ofImage(String key) {
        return YamlWords.dollars(YamlWords.texts(image.get().path(key)));
    }
}
