package dev.mirrord.session;

import dev.mirrord.config.AgentConfig;
import dev.mirrord.config.Capability;
import dev.mirrord.config.SecurityProfile;
import dev.mirrord.session.kubernetes.placement.AgentSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the configuration's {@code agent.*} into what a placement takes. */
final class AgentOptions {
    private AgentOptions() {}

    static AgentSettings of(AgentConfig config) {
        String image = config.image().resolve(Product.AGENT_IMAGE, Product.VERSION);
        AgentSettings base = AgentSettings.ofImage(image);
        return new AgentSettings(
                image,
                config.imagePullPolicy(),
                config.imagePullSecrets(),
                config.namespace().orElse(null),
                config.ttl(),
                config.startupTimeout(),
                config.communicationTimeout(),
                base.lifetime(),
                config.tolerations().orElse(base.tolerations()),
                config.labels(),
                config.annotations(),
                config.nodeSelector(),
                config.priorityClass().orElse(null),
                config.resources().orElse(base.resources()),
                config.serviceAccount().orElse(null),
                config.disabledCapabilities().stream().map(Capability::name).toList(),
                profile(config.appArmorProfile().orElse(null)),
                profile(config.seccompProfile().orElse(null)),
                config.disableMeshSidecarInjection(),
                config.flushConnections() ? List.of("--flush-connections") : List.of());
    }

    private static @Nullable Map<String, Object> profile(@Nullable SecurityProfile profile) {
        if (profile == null) {
            return null;
        }
        return profile.localhostProfile()
                .<Map<String, Object>>map(
                        file -> Map.of("type", profile.type(), "localhostProfile", file))
                .orElse(Map.of("type", profile.type()));
    }
}
