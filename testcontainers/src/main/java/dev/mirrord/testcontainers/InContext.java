package dev.mirrord.testcontainers;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.VolumesFrom;
import dev.mirrord.session.ContextContainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Makes a container be created in a context; what is the sidecar's is taken from it. */
final class InContext {
    private InContext() {}

    static void apply(ContextContainer context, CreateContainerCmd create) {
        HostConfig host = Objects.requireNonNull(create.getHostConfig());
        host.withNetworkMode(context.networkMode())
                .withPortBindings(new Ports())
                .withPublishAllPorts(false)
                .withExtraHosts()
                .withDns(new String[0])
                .withDnsSearch(new String[0])
                .withLinks();
        List<VolumesFrom> volumes = new ArrayList<>();
        if (host.getVolumesFrom() != null) {
            volumes.addAll(Arrays.asList(host.getVolumesFrom()));
        }
        volumes.add(VolumesFrom.parse(context.volumesFrom()));
        host.withVolumesFrom(volumes.toArray(VolumesFrom[]::new));
        Map<String, String> labels = new HashMap<>(context.labels());
        if (create.getLabels() != null) {
            labels.putAll(create.getLabels());
        }
        create.withExposedPorts(List.of())
                .withHostName("")
                .withDomainName("")
                .withLabels(labels)
                .withEntrypoint(context.entrypoint())
                .withCmd(context.command());
        if (!context.healthTest().isEmpty()) {
            create.withHealthcheck(new HealthCheck().withTest(context.healthTest()));
        }
    }
}
