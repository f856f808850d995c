package dev.mirrord.testcontainers;

import dev.mirrord.config.SettingsReport;
import dev.mirrord.session.ComposeContext;
import dev.mirrord.session.SessionFailure;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.wait.strategy.WaitStrategy;

/**
 * docker compose of Testcontainers with a service in a context: one more file, which the compose
 * plugin writes at each start. The service's network is that of its sidecar's container.
 */
final class ComposeInContext extends ComposeContainer {
    private static final Logger LOG = LoggerFactory.getLogger("mirrord");

    /** Testcontainers reads all files when it is told of them. */
    private static final String NOTHING_YET = "services: {}\n";

    /** What docker's clients say, old and new. */
    private static final List<String> NO_PLUGIN =
            List.of("is not a docker command", "unknown command: docker mirrord");

    private final String service;
    private final List<File> files;
    private final Path override;
    private final Supplier<SettingsReport> settings;
    private final Map<String, String> environment = new HashMap<>();
    private List<String> options = List.of();
    private boolean started;

    private ComposeInContext(
            String service, List<File> files, Path override, Supplier<SettingsReport> settings) {
        super(with(files, override.toFile()));
        this.service = service;
        this.files = List.copyOf(files);
        this.override = override;
        this.settings = settings;
    }

    static ComposeInContext of(
            String service, List<File> files, Supplier<SettingsReport> settings) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("a compose project has at least one file");
        }
        try {
            Path override = Files.createTempFile("mirrord-", ".compose.yaml");
            override.toFile().deleteOnExit();
            Files.writeString(override, NOTHING_YET);
            return new ComposeInContext(service, files, override, settings);
        } catch (IOException e) {
            throw new UncheckedIOException("the override file cannot be written", e);
        }
    }

    private static List<File> with(List<File> files, File last) {
        List<File> all = new ArrayList<>(files);
        all.add(last);
        return all;
    }

    @Override
    public void start() {
        SettingsReport settings = this.settings.get();
        // Empty is as good as not set.
        ComposeContext.overruled(settings).forEach(each -> withEnv(each, ""));
        try {
            Files.writeString(override, overrideText(settings));
        } catch (IOException e) {
            throw new UncheckedIOException("the override file cannot be written", e);
        }
        started = true;
        super.start();
    }

    @Override
    public void stop() {
        if (started) {
            started = false;
            super.stop();
        }
    }

    /** Images that are missing are built or pulled, for what they run has to be known. */
    private String overrideText(SettingsReport settings) {
        try {
            Path said = Files.createTempFile("mirrord-", ".log");
            try {
                Process process = plugin(settings).redirectError(said.toFile()).start();
                process.getOutputStream().close();
                String text =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                boolean failed = process.waitFor() != 0;
                String words = Files.readString(said).strip();
                if (failed && NO_PLUGIN.stream().anyMatch(words::contains)) {
                    throw new SessionFailure(
                            "docker has no plugin mirrord: install it, by mirrord plugin install");
                }
                if (failed) {
                    throw new SessionFailure(words);
                }
                words.lines().forEach(each -> LOG.info("{}", each));
                return text;
            } finally {
                Files.deleteIfExists(said);
            }
        } catch (IOException e) {
            throw new SessionFailure("cannot run docker: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionFailure("interrupted");
        }
    }

    /** Where and how Testcontainers runs compose. */
    private ProcessBuilder plugin(SettingsReport settings) {
        List<String> client = EngineWords.client();
        List<String> line = new ArrayList<>(client);
        line.addAll(List.of("mirrord", "override"));
        line.addAll(options);
        ProcessBuilder builder =
                new ProcessBuilder(line)
                        .directory(files.getFirst().getAbsoluteFile().getParentFile());
        Map<String, String> variables = builder.environment();
        variables.putAll(environment);
        variables.put("COMPOSE_PROJECT_NAME", project());
        variables.put(
                "COMPOSE_FILE",
                files.stream()
                        .map(File::getAbsolutePath)
                        .collect(Collectors.joining(File.pathSeparator)));
        variables.put(
                ComposeContext.VARIABLE,
                ComposeContext.value(client, List.of(service), false, settings));
        return builder;
    }

    /** The name of an image that is built has it. */
    private String project() {
        try {
            Field field = ComposeContainer.class.getDeclaredField("composeDelegate");
            field.setAccessible(true);
            Object delegate = field.get(this);
            Method name = delegate.getClass().getMethod("getProject");
            name.setAccessible(true);
            return (String) name.invoke(delegate);
        } catch (ReflectiveOperationException e) {
            throw SidecarPorts.unsupported(e);
        }
    }

    /** Testcontainers says {@code web} or, of a container, {@code web-1}. */
    private String network(String name) {
        return name.equals(service) || name.equals(service + "-1") ? service + "-sidecar" : name;
    }

    @Override
    public ComposeContainer withExposedService(String name, int port) {
        super.withExposedService(network(name), port);
        return this;
    }

    @Override
    public ComposeContainer withExposedService(String name, int instance, int port) {
        return withExposedService(name + "-" + instance, port);
    }

    @Override
    public ComposeContainer withExposedService(
            String name, int instance, int port, WaitStrategy strategy) {
        return withExposedService(name + "-" + instance, port, strategy);
    }

    @Override
    public ComposeContainer withExposedService(String name, int port, WaitStrategy strategy) {
        super.withExposedService(network(name), port, strategy);
        return this;
    }

    @Override
    public String getServiceHost(String name, Integer port) {
        return super.getServiceHost(network(name), port);
    }

    @Override
    public Integer getServicePort(String name, Integer port) {
        return super.getServicePort(network(name), port);
    }

    @Override
    public ComposeContainer withEnv(String key, String value) {
        environment.put(key, value);
        super.withEnv(key, value);
        return this;
    }

    @Override
    public ComposeContainer withEnv(Map<String, String> env) {
        env.forEach(this::withEnv);
        return this;
    }

    @Override
    public ComposeContainer withOptions(String... given) {
        options = List.of(String.join(" ", given).split(" +"));
        super.withOptions(given);
        return this;
    }
}
