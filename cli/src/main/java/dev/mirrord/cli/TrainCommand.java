package dev.mirrord.cli;

import dev.mirrord.session.Training;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Loads what a session loads; the build runs it to fill the AOT cache (JEP 514). */
@Command(name = "train", hidden = true)
final class TrainCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        Main.commandLine().parseArgs("container", "-t", "pod/x", "--", "docker", "run", "image");
        Training.run();
        return 0;
    }
}
