package dev.mirrord.cli;

import dev.mirrord.session.Preload;
import java.util.logging.LogManager;

/** Entry point of the {@code mirrord} command. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // Libraries log to standard error by default; what the user has to know, we say.
        LogManager.getLogManager().reset();
        if (arguments.length > 0 && arguments[0].equals("container")) {
            Preload.start();
        }
        int exitCode = CommandTree.forArguments(arguments).execute(arguments);
        System.out.flush();
        System.exit(exitCode);
    }
}
