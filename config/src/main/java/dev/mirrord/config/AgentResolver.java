package dev.mirrord.config;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The agent's part of the tree. */
final class AgentResolver {
    private AgentResolver() {}

    static AgentConfig resolve(Settings settings, Problems problems) {
        return new AgentConfig(
                new ImageName(
                        settings.find(Keys.AGENT_IMAGE),
                        settings.find(Keys.AGENT_IMAGE_REGISTRY),
                        settings.find(Keys.AGENT_IMAGE_TAG)),
                settings.get(Keys.AGENT_PULL_POLICY, "IfNotPresent"),
                settings.list(Keys.AGENT_PULL_SECRETS),
                settings.find(Keys.AGENT_NAMESPACE),
                settings.map(Keys.AGENT_ANNOTATIONS),
                settings.map(Keys.AGENT_LABELS),
                settings.map(Keys.AGENT_NODE_SELECTOR),
                settings.find(Keys.AGENT_RESOURCES),
                settings.find(Keys.AGENT_TOLERATIONS),
                settings.find(Keys.AGENT_PRIORITY_CLASS),
                settings.find(Keys.AGENT_SERVICE_ACCOUNT),
                profile(settings, problems, Keys.AGENT_APP_ARMOR, Keys.AGENT_APP_ARMOR_LOCALHOST),
                profile(settings, problems, Keys.AGENT_SECCOMP, Keys.AGENT_SECCOMP_LOCALHOST),
                settings.get(Keys.AGENT_PRIVILEGED, false),
                Set.copyOf(settings.list(Keys.AGENT_DISABLED_CAPABILITIES)),
                settings.get(Keys.AGENT_DISABLE_MESH_INJECTION, true),
                settings.get(Keys.AGENT_LOG_LEVEL, "info"),
                settings.get(Keys.AGENT_FLUSH_CONNECTIONS, false),
                seconds(settings, Keys.AGENT_COMMUNICATION_TIMEOUT, 15),
                seconds(settings, Keys.AGENT_STARTUP_TIMEOUT, 60),
                seconds(settings, Keys.AGENT_TTL, 5));
    }

    private static Optional<SecurityProfile> profile(
            Settings settings, Problems problems, Key<String> type, Key<String> localhost) {
        Optional<String> profile = settings.find(localhost);
        if (profile.isPresent() && !settings.get(type, "").equals("Localhost")) {
            problems.error(
                    settings.place(localhost) + " needs " + type.path() + " to be \"Localhost\"");
        }
        return settings.find(type).map(t -> new SecurityProfile(t, profile));
    }

    private static Duration seconds(Settings settings, Key<Integer> key, int otherwise) {
        return Duration.ofSeconds(settings.get(key, otherwise));
    }
}
