package dev.mirrord.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A compose project in a directory, with a docker that has compose and our plugin. */
final class ComposeProject implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Path directory;
    private final String name;
    private final Path dockerConfig;

    ComposeProject(Path directory, String name, String compose) throws IOException {
        this.directory = directory;
        this.name = name;
        this.dockerConfig = directory.resolve("docker-config");
        write("compose.yaml", "name: " + name + "\n" + compose);
        Path plugins = Files.createDirectories(dockerConfig.resolve("cli-plugins"));
        Files.createSymbolicLink(plugins.resolve("docker-compose"), composeProgram());
        Files.createSymbolicLink(
                plugins.resolve("docker-mirrord"), Command.ROOT.resolve("docker-mirrord"));
    }

    private static Path composeProgram() {
        String program = System.getenv("MIRRORD_TEST_COMPOSE");
        if (program == null || program.isBlank()) {
            throw new AssertionError(
                    "MIRRORD_TEST_COMPOSE is not set: run ./verify, or set it to what dev/compose"
                            + " prints");
        }
        return Path.of(program);
    }

    void write(String file, String text) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** {@code docker …} in the project's directory. */
    Command.Result docker(String... words) {
        return here("docker", words);
    }

    /** {@code mirrord container … -- docker compose …}. */
    Command.Result container(List<String> options, String... words) {
        List<String> line = new ArrayList<>(List.of("container"));
        line.addAll(options);
        line.addAll(List.of("--", "docker", "compose"));
        return here(Command.ROOT.resolve("mirrord").toString(), join(line, words));
    }

    /** As on a machine where our plugin was never installed. */
    void uninstallPlugin() throws IOException {
        Files.delete(dockerConfig.resolve("cli-plugins/docker-mirrord"));
    }

    private Command.Result here(String program, String... words) {
        return Command.finish(start(program, words), LIMIT);
    }

    private Command.Running start(String program, String... words) {
        List<String> line = new ArrayList<>();
        line.addAll(List.of("sh", "-c", "cd '" + directory + "' && exec \"$0\" \"$@\"", program));
        line.addAll(List.of(words));
        return Command.start(line, Map.of("DOCKER_CONFIG", dockerConfig.toString()));
    }

    /** {@code docker mirrord compose watch}, until it is closed. */
    Command.Running watch() {
        return start("docker", "mirrord", "compose", "watch", "--no-up");
    }

    /** Writes the override file; compose alone does the rest. */
    void override() throws IOException {
        write("compose.mirrord.yaml", docker("mirrord", "override").orFail().out());
    }

    /** {@code docker compose …} with the override file. */
    Command.Result compose(String... words) {
        return docker(
                join(
                        List.of("compose", "-f", "compose.yaml", "-f", "compose.mirrord.yaml"),
                        words));
    }

    /** {@code docker mirrord compose …}. */
    Command.Result mirrord(String... words) {
        return docker(join(List.of("mirrord", "compose"), words));
    }

    private static String[] join(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** What a container of the project prints for a command in its context. */
    String inContext(String service, String... words) {
        return Command.docker(
                        join(List.of("exec", name + "-" + service + "-1", "/.mirrord/run"), words))
                .orFail()
                .outLine();
    }

    /** The id of a container, by its name without the project's. */
    String container(String container) {
        return Command.docker("inspect", "--format", "{{.Id}}", name + "-" + container)
                .orFail()
                .outLine();
    }

    /** What a command in the project's service {@code client}, which is in no context, prints. */
    String client(String... words) {
        return docker(join(List.of("compose", "exec", "-T", "client"), words)).orFail().out();
    }

    /** The body at a port of this machine; empty while nobody answers. */
    static String get(int port) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Processes that serve a context of this project. */
    List<ProcessHandle> servers() {
        return ProcessHandle.allProcesses()
                .filter(
                        each -> {
                            List<String> words =
                                    List.of(each.info().arguments().orElse(new String[0]));
                            return words.contains("serve") && words.contains(name);
                        })
                .toList();
    }

    /** Containers, volumes, networks of the project, and processes that serve it. */
    List<String> leftovers() {
        List<String> left = new ArrayList<>();
        String filter = "label=com.docker.compose.project=" + name;
        for (List<String> words :
                List.of(
                        List.of("ps", "-a", "--format", "{{.Names}}"),
                        List.of("volume", "ls", "--format", "{{.Name}}"),
                        List.of("network", "ls", "--format", "{{.Name}}"))) {
            Command.docker(join(words, "--filter", filter))
                    .orFail()
                    .out()
                    .lines()
                    .forEach(left::add);
        }
        servers().forEach(each -> left.add("process " + each.pid()));
        return left;
    }

    @Override
    public void close() {
        try {
            // With the files: without containers nothing else tells compose what is the project's.
            mirrord("down", "-v", "-t", "2");
            docker("compose", "-p", name, "down", "-v", "-t", "2");
            servers().forEach(ProcessHandle::destroy);
        } catch (UncheckedIOException e) {
            throw new AssertionError(e);
        }
    }
}
