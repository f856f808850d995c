package dev.mirrord.sidecar.capture;

import dev.mirrord.sidecar.SidecarFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs programs of the image side by side, each with its work on standard input. One shell starts
 * them all: starting a process is dear in a JVM.
 */
final class Tools {
    private static final String END_OF_INPUT = "MIRRORD-END";
    private static final String FUNCTION =
            """
            r() { n=$1; shift; o=$("$@" 2>&1); printf '%s %d %s\\0' "$n" $? "$o"; }
            """;

    private Tools() {}

    /**
     * @param name of one word, unique among those that run together
     * @param command words without blanks
     */
    record Job(String name, String command, String input) {}

    /** How a program ended, and what it said. */
    record Result(int code, String words) {
        boolean succeeded() {
            return code == 0;
        }
    }

    /** Results by name. */
    static Map<String, Result> run(List<Job> jobs) {
        StringBuilder script = new StringBuilder(FUNCTION);
        for (Job job : jobs) {
            script.append("r %s %s <<'%s' &\n".formatted(job.name(), job.command(), END_OF_INPUT))
                    .append(job.input())
                    .append(END_OF_INPUT)
                    .append('\n');
        }
        script.append("wait\n");
        Map<String, Result> results = parse(shell(script.toString()));
        for (Job job : jobs) {
            results.putIfAbsent(job.name(), new Result(-1, "no result"));
        }
        return results;
    }

    private static String shell(String script) {
        try {
            Process process =
                    new ProcessBuilder("/bin/sh")
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(script.getBytes(StandardCharsets.UTF_8));
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SidecarFailure("the sidecar cannot run its tools: " + e.getMessage(), e);
        }
    }

    private static Map<String, Result> parse(String output) {
        Map<String, Result> results = new HashMap<>();
        for (String part : output.split("\0")) {
            String[] words = part.split(" ", 3);
            if (words.length == 3) {
                results.put(words[0], new Result(Integer.parseInt(words[1]), words[2].strip()));
            }
        }
        return results;
    }
}
