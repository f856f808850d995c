package dev.mirrord.compose;

import dev.mirrord.session.Product;
import dev.mirrord.session.SessionFailure;
import dev.mirrord.session.training.Training;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.logging.LogManager;

/** Entry point: what Docker's command line, compose and a person say to {@code docker-mirrord}. */
public final class Plugin {
    private static final String USAGE =
            """
            Usage: docker mirrord compose VERB …
                   docker mirrord override [OPTIONS] > compose.mirrord.yaml

            Runs services of a compose project that have x-mirrord in the context of a Kubernetes pod:
              x-mirrord: {target: deployment/web, namespace: shop}

            compose   is docker compose, with every verb and flag: up, run, logs, down, …
            override  writes a file that needs no command of ours:
                        docker compose -f compose.yaml -f compose.mirrord.yaml up
                      OPTIONS are those of docker compose that choose the project: -f, -p, …
            """;

    private Plugin() {}

    public static void main(String[] arguments) {
        LogManager.getLogManager().reset();
        int code;
        try {
            code = run(Arrays.asList(arguments));
        } catch (ComposeFailure | SessionFailure failure) {
            System.err.println("mirrord: " + failure.getMessage());
            code = 1;
        }
        System.out.flush();
        System.exit(code);
    }

    /** Docker's command line puts its own options before our name; compose calls us by none. */
    private static int run(List<String> words) {
        int name = words.indexOf("mirrord");
        if (name >= 0 && words.subList(0, name).stream().noneMatch("compose"::equals)) {
            Docker.useGlobals(words.subList(0, name));
            return command(words.subList(name + 1, words.size()));
        }
        String first = words.isEmpty() ? "" : words.getFirst();
        return switch (first) {
            case "docker-cli-plugin-metadata" -> say(metadata());
            case "compose" -> Provider.run(words.subList(1, words.size()), System.out);
            case "serve" -> Server.run(words.subList(1, words.size()));
            case "train" -> Training.run(Path.of(words.get(1)));
            default -> command(words);
        };
    }

    private static int command(List<String> words) {
        String first = words.isEmpty() ? "" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        return switch (first) {
            case "compose" -> ComposeCommand.run(rest);
            case "override" -> say(ComposeCommand.override(rest));
            case "", "help", "--help", "-h" -> say(USAGE);
            default -> {
                System.err.print("docker mirrord: unknown command " + first + "\n\n" + USAGE);
                yield 1;
            }
        };
    }

    private static int say(String text) {
        System.out.print(text);
        return 0;
    }

    private static String metadata() {
        return Docker.JSON
                        .createObjectNode()
                        .put("SchemaVersion", "0.1.0")
                        .put("Vendor", "mirrord")
                        .put("Version", Product.VERSION)
                        .put("ShortDescription", "Services in the context of a Kubernetes pod")
                        .toString()
                + "\n";
    }
}
