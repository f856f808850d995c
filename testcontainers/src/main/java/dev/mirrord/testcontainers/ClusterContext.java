package dev.mirrord.testcontainers;

import dev.mirrord.config.ConfigException;
import dev.mirrord.config.ConfigLoader;
import dev.mirrord.config.ConfigSources;
import dev.mirrord.config.IncomingMode;
import dev.mirrord.config.Keys;
import dev.mirrord.config.MirrordConfig;
import dev.mirrord.config.Overrides;
import dev.mirrord.config.SettingsReport;
import dev.mirrord.session.SessionFailure;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.GenericContainer;

/**
 * Runs containers of Testcontainers as if they were running in a pod of a cluster.
 *
 * <pre>{@code
 * @Container
 * static final GenericContainer<?> app =
 *         ClusterContext.of("deployment/web").inNamespace("shop").steal(80)
 *                 .run(new GenericContainer<>("myimg")).withExposedPorts(8080);
 * }</pre>
 *
 * Every container has a network namespace of its own, from its start to its end. The agent is
 * shared by all containers of a context that use the target in the same way; it goes with the last
 * of them, or with the context after {@link #start}. What the configuration can say and has no
 * method here is in the file of {@link #configuredBy}.
 */
public final class ClusterContext implements AutoCloseable {
    private final List<Consumer<Overrides>> settings = new ArrayList<>();
    private final List<Runnable> endings = new ArrayList<>();
    private final AgentPool agents = new AgentPool();
    private final NextContext next = new NextContext();
    private @Nullable Path file;
    private @Nullable Path kubeconfigCopy;

    private ClusterContext(String target) {
        settings.add(overrides -> overrides.parse(Keys.TARGET, target, "ClusterContext.of"));
    }

    /**
     * @param target {@code pod/NAME}, {@code deployment/NAME}, each with {@code /container/NAME} if
     *     wanted, or {@code targetless}
     */
    public static ClusterContext of(String target) {
        return new ClusterContext(target);
    }

    /** The target's namespace; default: that of the kubeconfig's context. */
    public ClusterContext inNamespace(String namespace) {
        return set(overrides -> overrides.set(Keys.TARGET_NAMESPACE, namespace, "inNamespace"));
    }

    /**
     * The container takes over the target's traffic.
     *
     * @param ports on which it listens; none: all on which it listens
     */
    public ClusterContext steal(int... ports) {
        return incoming(IncomingMode.STEAL, "steal", ports);
    }

    /** The container gets a copy of the target's traffic; this is the default, for all ports. */
    public ClusterContext mirror(int... ports) {
        return incoming(IncomingMode.MIRROR, "mirror", ports);
    }

    /** The target's traffic stays with the target. */
    public ClusterContext withoutIncoming() {
        return incoming(IncomingMode.OFF, "withoutIncoming");
    }

    /** The kubeconfig to use; default: {@code KUBECONFIG}, then {@code ~/.kube/config}. */
    public ClusterContext kubeconfig(Path kubeconfig) {
        return set(
                overrides -> overrides.set(Keys.KUBECONFIG, kubeconfig.toString(), "kubeconfig"));
    }

    /**
     * A kubeconfig's text, as K3sContainer gives it. It is kept in a file that only the user can
     * read, until {@link #close} or the end of the JVM.
     */
    public ClusterContext kubeconfigText(String text) {
        try {
            Path copy = Files.createTempFile("mirrord-", ".kubeconfig");
            copy.toFile().deleteOnExit();
            Files.writeString(copy, text);
            kubeconfigCopy = copy;
            return kubeconfig(copy);
        } catch (IOException e) {
            throw new UncheckedIOException("the kubeconfig cannot be kept in a file", e);
        }
    }

    /** The kubeconfig's context; default: its current one. */
    public ClusterContext kubeContext(String name) {
        return set(overrides -> overrides.set(Keys.KUBE_CONTEXT, name, "kubeContext"));
    }

    /** A configuration file as of {@code mirrord container -f}; what is set here wins. */
    public ClusterContext configuredBy(Path configuration) {
        file = configuration;
        return this;
    }

    /**
     * Has the container run in this context when it is started. Whatever is changed about it until
     * then counts, but for {@code withCreateContainerCmdModifier}, which has to come before.
     */
    public <C extends GenericContainer<?>> C run(C container) {
        ContainerContext made =
                ContainerContext.attach(container, agents, next, this::config, EngineWords::client);
        synchronized (endings) {
            endings.add(made::close);
        }
        return container;
    }

    /**
     * A compose project whose service runs in this context, with an agent of its own. It needs
     * docker compose 2.36 and the plugin {@code docker-mirrord} ({@code mirrord plugin install}).
     *
     * <p>{@code withExposedService}, and what is asked about an exposed port, is the service's
     * network; {@code waitingFor}, {@code withLogConsumer} and {@code getContainerByServiceName}
     * are its own container. Other services may have contexts of their own by {@code x-mirrord}.
     *
     * @param files at least one
     */
    public ComposeContainer compose(String service, File... files) {
        ComposeInContext made = ComposeInContext.of(service, List.of(files), this::settings);
        synchronized (endings) {
            endings.add(made::stop);
        }
        return made;
    }

    /**
     * Begins to start the agent, and keeps it until {@link #close}: containers that are started
     * later, be there none in between, take as long as without mirrord. What goes wrong is told to
     * the first of them.
     */
    public ClusterContext start() {
        keepAgent();
        agents.take(config(), new LogOutput());
        return this;
    }

    /** The agent of the first container stays until {@link #close}. */
    ClusterContext keepAgent() {
        agents.keep();
        return this;
    }

    /** Stops all containers of this context, and returns when nothing of them is left. */
    @Override
    public void close() {
        List<Runnable> all;
        synchronized (endings) {
            all = List.copyOf(endings);
            endings.clear();
        }
        all.parallelStream().forEach(Runnable::run);
        next.close();
        agents.close();
        Path copy = kubeconfigCopy;
        if (copy != null) {
            try {
                Files.deleteIfExists(copy);
            } catch (IOException e) {
                throw new UncheckedIOException("the kubeconfig's copy cannot be removed", e);
            }
        }
    }

    private ClusterContext incoming(IncomingMode mode, String method, int... ports) {
        set(overrides -> overrides.set(Keys.INCOMING_MODE, mode, method));
        if (ports.length > 0) {
            List<Integer> only = Arrays.stream(ports).boxed().toList();
            set(overrides -> overrides.set(Keys.INCOMING_PORTS, only, method));
        }
        return this;
    }

    private ClusterContext set(Consumer<Overrides> setting) {
        settings.add(setting);
        return this;
    }

    private MirrordConfig config() {
        try {
            return ConfigLoader.load(sources()).config();
        } catch (ConfigException e) {
            throw failure(e);
        }
    }

    private SettingsReport settings() {
        try {
            return ConfigLoader.report(sources(), false);
        } catch (ConfigException e) {
            throw failure(e);
        }
    }

    private ConfigSources sources() {
        Overrides overrides = new Overrides();
        settings.forEach(setting -> setting.accept(overrides));
        return new ConfigSources(
                Optional.ofNullable(file).map(Path::toString),
                System.getenv(),
                overrides,
                Path.of("").toAbsolutePath(),
                InputStream.nullInputStream());
    }

    private static SessionFailure failure(ConfigException e) {
        return new SessionFailure(
                e.problems().stream().map(Object::toString).collect(Collectors.joining("\n")), e);
    }
}
