package dev.mirrord.testcontainers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;

/**
 * Ports and addresses of a container in a context are those of its sidecar. Testcontainers learns
 * them from the engine's inspection of the container, through the container's own client; that
 * client is replaced by one whose inspections show the sidecar's network.
 */
final class SidecarPorts {
    private SidecarPorts() {}

    /**
     * @param sidecar the container's sidecar; null while there is none
     */
    static void show(GenericContainer<?> container, Supplier<@Nullable String> sidecar) {
        try {
            Field field = GenericContainer.class.getDeclaredField("dockerClient");
            field.setAccessible(true);
            DockerClient client = (DockerClient) field.get(container);
            field.set(container, client(client, sidecar));
        } catch (ReflectiveOperationException e) {
            throw unsupported(e);
        }
    }

    /** What there is of Testcontainers is not what we know. */
    static IllegalStateException unsupported(ReflectiveOperationException cause) {
        return new IllegalStateException(
                "this version of Testcontainers is not supported (tested: 2.0.5): " + cause, cause);
    }

    private static DockerClient client(DockerClient client, Supplier<@Nullable String> sidecar) {
        return proxy(
                DockerClient.class,
                (_, method, arguments) -> {
                    Object result = method.invoke(client, arguments);
                    return result instanceof InspectContainerCmd inspection
                            ? inspection(inspection, client, sidecar)
                            : result;
                });
    }

    private static InspectContainerCmd inspection(
            InspectContainerCmd inspection,
            DockerClient client,
            Supplier<@Nullable String> sidecar) {
        return proxy(
                InspectContainerCmd.class,
                (_, method, arguments) -> {
                    Object result = method.invoke(inspection, arguments);
                    String owner = sidecar.get();
                    if (owner != null && result instanceof InspectContainerResponse response) {
                        copyNetwork(client.inspectContainerCmd(owner).exec(), response);
                    }
                    return result;
                });
    }

    private static void copyNetwork(InspectContainerResponse from, InspectContainerResponse to)
            throws ReflectiveOperationException {
        Field network = InspectContainerResponse.class.getDeclaredField("networkSettings");
        network.setAccessible(true);
        network.set(to, network.get(from));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(
                        SidecarPorts.class.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            try {
                                return handler.invoke(proxy, method, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause() == null ? e : e.getCause();
                            }
                        }));
    }
}
