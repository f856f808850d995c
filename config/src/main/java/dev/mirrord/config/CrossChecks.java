package dev.mirrord.config;

import dev.mirrord.config.files.FileMode;
import dev.mirrord.config.files.FileVolumes;
import dev.mirrord.config.filter.Side;
import java.util.List;

/** What one option alone cannot show. */
final class CrossChecks {
    private final MirrordConfig config;
    private final Settings settings;
    private final Problems problems;

    private CrossChecks(MirrordConfig config, Settings settings, Problems problems) {
        this.config = config;
        this.settings = settings;
        this.problems = problems;
    }

    static void run(MirrordConfig config, Settings settings, Problems problems) {
        CrossChecks checks = new CrossChecks(config, settings, problems);
        checks.exclusive();
        checks.retry();
        checks.targetless();
        checks.ports();
        checks.names();
    }

    private void exclusive() {
        if (!settings.list(Keys.ENV_INCLUDE).isEmpty()) {
            exclusive(Keys.ENV_INCLUDE, Keys.ENV_EXCLUDE);
        }
        exclusive(Keys.INCOMING_PORTS, Keys.INCOMING_IGNORE_PORTS);
        exclusive(Keys.DNS_FILTER_REMOTE, Keys.DNS_FILTER_LOCAL);
        exclusive(Keys.OUTGOING_FILTER_REMOTE, Keys.OUTGOING_FILTER_LOCAL);
    }

    private void exclusive(Key<?> first, Key<?> second) {
        if (settings.has(first) && settings.has(second)) {
            problems.error(
                    settings.place(second)
                            + " cannot be used together with "
                            + first.path()
                            + ": keep one of them");
        }
    }

    private void retry() {
        StartupRetry retry = config.kubernetes().startupRetry();
        if (retry.longest().isZero()) {
            problems.error(settings.place(Keys.RETRY_MAX_MS) + " must be greater than 0");
        } else if (retry.shortest().compareTo(retry.longest()) > 0) {
            problems.error(
                    settings.place(Keys.RETRY_MIN_MS)
                            + " ("
                            + retry.shortest().toMillis()
                            + ") must not be greater than startup_retry.max_ms ("
                            + retry.longest().toMillis()
                            + ")");
        }
    }

    private void targetless() {
        boolean targetless =
                config.target().filter(Target.Targetless.class::isInstance).isPresent();
        IncomingMode mode = config.feature().network().incoming().mode();
        if (targetless && mode == IncomingMode.STEAL) {
            problems.error(
                    settings.place(Keys.INCOMING_MODE)
                            + " is steal, but a targetless session has no traffic to steal:"
                            + " name a target or remove it");
        }
        if (targetless && mode == IncomingMode.MIRROR) {
            problems.warn(
                    settings.place(Keys.INCOMING_MODE)
                            + " is mirror, but a targetless session has no traffic to mirror");
        }
        if (targetless
                && settings.has(Keys.FILE_MODE)
                && settings.get(Keys.FILE_MODE, FileMode.LOCAL) != FileMode.LOCAL) {
            problems.warn(
                    settings.place(Keys.FILE_MODE)
                            + " has no effect without a target: files are the image's own");
        }
        if (targetless && settings.get(Keys.FILE_VOLUMES, FileVolumes.OFF) != FileVolumes.OFF) {
            problems.warn(
                    settings.place(Keys.FILE_VOLUMES)
                            + " has no effect without a target: there are no volumes");
        }
        if (targetless && settings.has(Keys.AGENT_NAMESPACE)) {
            problems.warn(
                    settings.place(Keys.AGENT_NAMESPACE)
                            + " has no effect without a target: the agent runs in the target"
                            + " namespace");
        }
        if (!targetless && settings.has(Keys.AGENT_NODE_SELECTOR)) {
            problems.warn(
                    settings.place(Keys.AGENT_NODE_SELECTOR)
                            + " has no effect with a target: the agent runs on the target's node");
        }
    }

    private void ports() {
        config.feature()
                .network()
                .incoming()
                .portMapping()
                .forEach(
                        (local, remote) -> {
                            if (local.equals(remote)) {
                                problems.warn(
                                        settings.place(Keys.INCOMING_PORT_MAPPING)
                                                + " maps port "
                                                + local
                                                + " to itself");
                            }
                        });
    }

    /** A name's address is only of use where it was resolved. */
    private void names() {
        NetworkConfig network = config.feature().network();
        List<String> names = network.outgoing().filter().names();
        Key<?> written =
                network.outgoing().filter().side() == Side.REMOTE
                        ? Keys.OUTGOING_FILTER_REMOTE
                        : Keys.OUTGOING_FILTER_LOCAL;
        for (String name : names) {
            Side connection = network.outgoing().filter().side();
            Side query = network.dns().enabled() ? network.dns().filter().decide(name) : Side.LOCAL;
            if (connection == Side.REMOTE && !network.dns().enabled()) {
                problems.warn(
                        settings.place(written)
                                + " sends \""
                                + name
                                + "\" through the target, but feature.network.dns is off:"
                                + " its address is looked up on this machine");
            } else if (connection != query) {
                problems.warn(
                        settings.place(written)
                                + " serves \""
                                + name
                                + "\" "
                                + where(connection)
                                + ", but feature.network.dns.filter looks its address up "
                                + where(query));
            }
        }
    }

    private static String where(Side side) {
        return switch (side) {
            case LOCAL -> "on this machine";
            case REMOTE -> "through the target";
        };
    }
}
