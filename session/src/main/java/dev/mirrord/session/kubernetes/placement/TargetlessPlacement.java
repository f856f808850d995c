package dev.mirrord.session.kubernetes.placement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mirrord.session.kubernetes.cluster.Json;
import java.util.List;

/** A plain pod that only reaches out. Passes the restricted Pod Security Standard. */
public record TargetlessPlacement(
        SessionLabels labels,
        String targetNamespace,
        AgentSettings settings,
        String sessionCertificateSha256)
        implements AgentPlacement {

    private static final int NOBODY = 65532;

    @Override
    public String namespace() {
        return settings.namespace() == null ? targetNamespace : settings.namespace();
    }

    @Override
    public String name() {
        return labels.agentName();
    }

    @Override
    public ObjectNode manifest() {
        List<String> arguments =
                List.of(
                        "--session-certificate-sha256",
                        sessionCertificateSha256,
                        "--targetless",
                        "--communication-timeout",
                        Long.toString(settings.communicationTimeout().toSeconds()));
        JobManifest manifest = new JobManifest(labels, namespace(), settings, arguments);
        if (!settings.nodeSelector().isEmpty()) {
            manifest.podSpec.set("nodeSelector", Json.MAPPER.valueToTree(settings.nodeSelector()));
        }
        ObjectNode context = manifest.container.putObject("securityContext");
        context.put("runAsUser", NOBODY).put("runAsGroup", NOBODY).put("runAsNonRoot", true);
        context.put("allowPrivilegeEscalation", false).put("privileged", false);
        context.putObject("capabilities").putArray("drop").add("ALL");
        if (settings.seccomp() == null) {
            context.putObject("seccompProfile").put("type", "RuntimeDefault");
        } else {
            context.set("seccompProfile", Json.MAPPER.valueToTree(settings.seccomp()));
        }
        if (settings.appArmor() != null) {
            context.set("appArmorProfile", Json.MAPPER.valueToTree(settings.appArmor()));
        }
        return manifest.root;
    }
}
