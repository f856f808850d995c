package dev.mirrord.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** The command line of this process. */
final class ThisProgram {
    private ThisProgram() {}

    /** The same JVM with the same options, to run what {@code command} was parsed from. */
    static List<String> again(@Nullable CommandSpec command) {
        List<String> line = new ArrayList<>(java());
        line.add(Main.class.getName());
        if (command != null) {
            line.addAll(command.root().commandLine().getParseResult().originalArgs());
        }
        return line;
    }

    private static List<String> java() {
        ProcessHandle.Info info = ProcessHandle.current().info();
        List<String> arguments = Arrays.asList(info.arguments().orElse(new String[0]));
        int main = arguments.indexOf(Main.class.getName());
        List<String> line = new ArrayList<>();
        if (info.command().isPresent() && main > 0) {
            line.add(info.command().get());
            line.addAll(arguments.subList(0, main));
            return line;
        }
        // Windows does not tell the arguments of a process.
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path")));
        return line;
    }
}
