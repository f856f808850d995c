package dev.mirrord.session;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line of this process. */
public final class ThisProgram {
    private ThisProgram() {}

    /**
     * The same JVM with the same options, its AOT cache among them, to run {@code main} once more.
     * The class path is in its environment: it is long, and would hide the rest in a list of
     * processes.
     *
     * @param main of this process too
     */
    public static ProcessBuilder again(Class<?> main, List<String> arguments) {
        List<String> line = java(main.getName());
        line.add(main.getName());
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder;
    }

    private static List<String> java(String main) {
        ProcessHandle.Info info = ProcessHandle.current().info();
        List<String> own = Arrays.asList(info.arguments().orElse(new String[0]));
        List<String> line = new ArrayList<>();
        if (info.command().isPresent() && own.indexOf(main) > 0) {
            line.add(info.command().get());
            line.addAll(own.subList(0, own.indexOf(main)));
            int classPath = line.indexOf("-cp");
            if (classPath > 0) {
                line.subList(classPath, classPath + 2).clear();
            }
            return line;
        }
        // Windows does not tell the arguments of a process.
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow"));
        return line;
    }
}
