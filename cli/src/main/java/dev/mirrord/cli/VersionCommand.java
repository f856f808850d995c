package dev.mirrord.cli;

import dev.mirrord.session.VersionReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code mirrord version}: what is here, and what it would talk to. */
@Command
final class VersionCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        VersionReport.lines().forEach(System.out::println);
        return 0;
    }
}
