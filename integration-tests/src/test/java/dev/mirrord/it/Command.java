package dev.mirrord.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs programs as a person would: the CLI of this checkout, docker, kubectl. */
final class Command {
    static final Path ROOT = root();

    private Command() {}

    /** What a finished program said. */
    record Result(int exitCode, String out, String err, Duration took) {
        /** The result itself when the program succeeded. */
        Result orFail() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + "\n" + out + "\n" + err);
            }
            return this;
        }

        String outLine() {
            return out.strip();
        }
    }

    /** The CLI with the test cluster. */
    static Result mirrord(String... arguments) {
        return finish(startMirrord(List.of(arguments)), Duration.ofSeconds(120));
    }

    static Running startMirrord(List<String> arguments) {
        return startMirrord(arguments, Map.of());
    }

    static Running startMirrord(List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(ROOT.resolve("mirrord").toString());
        command.addAll(arguments);
        return start(command, environment);
    }

    static Result docker(String... arguments) {
        return run("docker", arguments);
    }

    static Result kubectl(String... arguments) {
        return run(System.getenv().getOrDefault("MIRRORD_TEST_KUBECTL", "kubectl"), arguments);
    }

    static Result shell(String script) {
        return run("bash", "-c", script);
    }

    static Result run(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(program);
        command.addAll(List.of(arguments));
        return finish(start(command, Map.of()), Duration.ofSeconds(120));
    }

    static Running start(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(ROOT.toFile());
        builder.environment().put("KUBECONFIG", Cluster.kubeconfig());
        builder.environment().put("XDG_STATE_HOME", Sessions.STATE.toString());
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            return new Running(
                    process,
                    System.nanoTime(),
                    new Output(process.getInputStream()),
                    new Output(process.getErrorStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Result finish(Running running, Duration limit) {
        try {
            running.process().getOutputStream().close();
            return running.await(limit);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A program that runs; closing it kills it. */
    record Running(Process process, long startNanos, Output out, Output err)
            implements AutoCloseable {
        Result await(Duration limit) {
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(
                            "still running after " + limit + "\n" + out.text() + "\n" + err.text());
                }
                Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
                out.end();
                err.end();
                return new Result(process.exitValue(), out.text(), err.text(), took);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** Both streams so far. */
        String text() {
            return out.text() + err.text();
        }

        /** Waits until standard output contains {@code text}. */
        Running awaitOut(String text, Duration limit) {
            Eventually.within(limit, () -> "output: " + out.text() + err.text())
                    .until(() -> out.text().contains(text));
            return this;
        }

        Running awaitErr(String text, Duration limit) {
            Eventually.within(limit, () -> "output: " + out.text() + err.text())
                    .until(() -> err.text().contains(text));
            return this;
        }

        void signal(String name) {
            run("kill", "-" + name, Long.toString(process.pid())).orFail();
        }

        @Override
        public void close() {
            if (process.isAlive()) {
                process.destroy();
                try {
                    if (!process.waitFor(20, TimeUnit.SECONDS)) {
                        process.destroyForcibly();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** Collects what a program writes while it runs. */
    static final class Output {
        private final StringBuffer text = new StringBuffer();
        private final CompletableFuture<Void> ended;

        Output(InputStream in) {
            ended = new CompletableFuture<>();
            Thread.ofVirtual()
                    .start(
                            () -> {
                                byte[] buffer = new byte[8192];
                                try (in) {
                                    for (int n; (n = in.read(buffer)) >= 0; ) {
                                        text.append(
                                                new String(buffer, 0, n, StandardCharsets.UTF_8));
                                    }
                                } catch (IOException e) {
                                    text.append("\n").append(e);
                                } finally {
                                    ended.complete(null);
                                }
                            });
        }

        String text() {
            return text.toString();
        }

        void end() {
            ended.completeOnTimeout(null, 5, TimeUnit.SECONDS).join();
        }
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return here.endsWith("integration-tests") ? here.getParent() : here;
    }
}
