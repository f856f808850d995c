package dev.mirrord.config;

import dev.mirrord.config.http.Conditions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Makes one filter of its options, or says which of them contradict each other. */
final class HttpFilterResolver {
    /** Of these there can be one. */
    private static final List<Key<String>> EXCLUSIVE =
            List.of(
                    Keys.HTTP_HEADER,
                    Keys.HTTP_PATH,
                    Keys.HTTP_BODY,
                    Keys.HTTP_BAGGAGE,
                    Keys.HTTP_ALL_OF,
                    Keys.HTTP_ANY_OF);

    private final Settings settings;
    private final Problems problems;

    private HttpFilterResolver(Settings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
    }

    static Optional<HttpFilterConfig> resolve(
            Settings settings, Problems problems, IncomingMode mode) {
        return new HttpFilterResolver(settings, problems).filter(mode);
    }

    private Optional<HttpFilterConfig> filter(IncomingMode mode) {
        List<Key<String>> set = new ArrayList<>(EXCLUSIVE.stream().filter(settings::has).toList());
        if (set.size() > 1) {
            problems.error(
                    settings.place(set.get(1))
                            + " cannot be used together with "
                            + set.get(0).path()
                            + ": write both into all_of or any_of");
        }
        if (settings.has(Keys.HTTP_METHOD)) {
            set.add(Keys.HTTP_METHOD);
        }
        if (set.isEmpty()) {
            if (settings.has(Keys.HTTP_PORTS)) {
                problems.error(
                        settings.place(Keys.HTTP_PORTS)
                                + " has no filter whose ports it could be: add one or remove it");
            }
            return Optional.empty();
        }
        if (mode == IncomingMode.OFF) {
            problems.error(
                    settings.place(set.getFirst())
                            + " filters incoming requests, but feature.network.incoming.mode is"
                            + " off: set it to steal or mirror, or remove the filter");
        }
        checkPorts();
        List<String> conditions =
                set.stream().map(key -> settings.find(key).orElseThrow()).toList();
        return Optional.of(
                HttpFilterConfig.of(
                        json(Conditions.all(conditions)),
                        settings.find(Keys.HTTP_PORTS).map(HashSet::new)));
    }

    private void checkPorts() {
        for (int port : settings.list(Keys.HTTP_PORTS)) {
            boolean ignored = settings.list(Keys.INCOMING_IGNORE_PORTS).contains(port);
            boolean left =
                    settings.has(Keys.INCOMING_PORTS)
                            && !settings.list(Keys.INCOMING_PORTS).contains(port);
            if (ignored || left) {
                problems.error(
                        settings.place(Keys.HTTP_PORTS)
                                + " names port "
                                + port
                                + ", which "
                                + (ignored
                                        ? Keys.INCOMING_IGNORE_PORTS.path() + " leaves out"
                                        : Keys.INCOMING_PORTS.path() + " does not have"));
            }
        }
    }

    private String json(String match) {
        return ("{\"match\":%s,\"probes\":%s,\"fallback\":%s,\"inject\":%s,\"detectMillis\":%d,"
                        + "\"bodyLimit\":%d,\"bodyMillis\":%d}")
                .formatted(
                        match,
                        settings.get(Keys.HTTP_STEAL_PROBES, false),
                        settings.get(Keys.HTTP_FALLBACK, true),
                        settings.get(Keys.AGENT_INJECT_HEADERS, false),
                        1000L * settings.get(Keys.AGENT_HTTP_DETECTION, 2),
                        settings.get(Keys.AGENT_BODY_SIZE, 65_535),
                        settings.get(Keys.AGENT_BODY_TIMEOUT, 1_000));
    }
}
