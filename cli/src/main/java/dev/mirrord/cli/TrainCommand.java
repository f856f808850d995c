package dev.mirrord.cli;

import dev.mirrord.session.Preload;
import dev.mirrord.session.training.Training;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Loads what a session loads; the build runs it to fill the AOT cache (JEP 514). */
@Command
final class TrainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIRECTORY")
    Path directory = Path.of("");

    @Override
    public Integer call() {
        Preload.start();
        CommandLine commandLine = CommandTree.whole();
        commandLine.usage(new PrintStream(OutputStream.nullOutputStream()));
        commandLine.parseArgs("container", "-t", "pod/x", "--", "docker", "run", "image");
        return Training.run(directory);
    }
}
