package dev.mirrord.session.kubernetes.placement;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.cluster.Json;
import dev.mirrord.session.kubernetes.target.ResolvedTarget;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod on the target's node that sees its processes and enters the target's namespaces: hostPID,
 * SYS_ADMIN and SYS_PTRACE, DAC_READ_SEARCH for the environment and descriptors of a target that
 * runs as another user than root; for its files SETUID and SETGID to be its user, and what its root
 * may do, to be its root; not privileged, no hostPath, no runtime socket.
 *
 * <p>The node is set in the spec, not selected: the target is there already, so there is nothing to
 * schedule, a full or tainted node must not keep the agent away, and it starts sooner. The kubelet
 * still refuses what does not fit.
 */
public record JobPlacement(
        SessionLabels labels,
        ResolvedTarget target,
        AgentSettings settings,
        String sessionCertificateSha256,
        Traffic traffic,
        Files files)
        implements AgentPlacement {

    private static final List<String> OF_FILES =
            List.of("SETUID", "SETGID", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID");

    private static final List<String> OF_KEYS = List.of("SETUID", "SETGID");

    private static final List<String> OF_SOCKETS = List.of("SETUID", "SETGID", "DAC_OVERRIDE");

    /** What the session does with the target's files: the capabilities that it takes. */
    public enum Files {
        NONE,
        /** Reads keys of TLS. */
        KEYS,
        /** Connects to unix sockets. */
        SOCKETS,
        ALL
    }

    /** What the session does with the target's incoming traffic: the capability that it takes. */
    public enum Traffic {
        OFF,
        MIRROR,
        STEAL
    }

    @Override
    public String namespace() {
        return settings.namespace() == null ? target.namespace() : settings.namespace();
    }

    @Override
    public String name() {
        return labels.agentName();
    }

    @Override
    public ObjectNode manifest() {
        List<String> arguments = new ArrayList<>();
        arguments.add("--session-certificate-sha256");
        arguments.add(sessionCertificateSha256);
        arguments.add("--target-container-id");
        arguments.add(target.bareContainerId());
        arguments.add("--communication-timeout");
        arguments.add(Long.toString(settings.communicationTimeout().toSeconds()));
        arguments.add("--owner");
        arguments.add(labels.owner());
        JobManifest manifest = new JobManifest(labels, namespace(), settings, arguments);
        manifest.podSpec.put("hostPID", true);
        manifest.podSpec.put("nodeName", target.node());
        ObjectNode context = manifest.container.putObject("securityContext");
        context.put("runAsUser", 0).put("runAsNonRoot", false).put("privileged", false);
        ObjectNode capabilities = context.putObject("capabilities");
        capabilities.putArray("drop").add("ALL");
        ArrayNode added = capabilities.putArray("add");
        capabilities().stream()
                .filter(each -> !settings.withheld().contains(each))
                .forEach(added::add);
        if (settings.appArmor() == null) {
            context.putObject("appArmorProfile").put("type", "Unconfined");
        } else {
            context.set("appArmorProfile", Json.MAPPER.valueToTree(settings.appArmor()));
        }
        context.putObject("seLinuxOptions").put("type", "spc_t");
        if (settings.seccomp() != null) {
            context.set("seccompProfile", Json.MAPPER.valueToTree(settings.seccomp()));
        }
        return manifest.root;
    }

    private List<String> capabilities() {
        List<String> all = new ArrayList<>(List.of("SYS_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH"));
        switch (traffic) {
            case OFF -> {}
            case MIRROR -> all.add("NET_RAW");
            case STEAL -> all.addAll(List.of("NET_ADMIN", "NET_RAW"));
        }
        switch (files) {
            case NONE -> {}
            case KEYS -> all.addAll(OF_KEYS);
            case SOCKETS -> all.addAll(OF_SOCKETS);
            case ALL -> all.addAll(OF_FILES);
        }
        return all;
    }
}
