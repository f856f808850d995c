package dev.mirrord.session.docker.command;

import static dev.mirrord.session.docker.command.FlagKind.BOOLEAN;
import static dev.mirrord.session.docker.command.FlagKind.LIST;
import static dev.mirrord.session.docker.command.FlagKind.VALUE;

import java.util.Arrays;
import java.util.List;

/** The flags that stand between {@code docker}, or {@code podman}, and {@code run}. */
public enum GlobalFlag implements Flag {
    CONFIG("config", NO_SHORT_NAME, VALUE, Client.DOCKER),
    CONTEXT("context", 'c', VALUE, Client.DOCKER),
    DEBUG("debug", 'D', BOOLEAN, Client.DOCKER),
    HELP("help", NO_SHORT_NAME, BOOLEAN, Client.EACH),
    HOST("host", 'H', LIST, Client.DOCKER),
    LOG_LEVEL("log-level", 'l', VALUE, Client.DOCKER),
    TLS("tls", NO_SHORT_NAME, BOOLEAN, Client.DOCKER),
    TLSCACERT("tlscacert", NO_SHORT_NAME, VALUE, Client.DOCKER),
    TLSCERT("tlscert", NO_SHORT_NAME, VALUE, Client.DOCKER),
    TLSKEY("tlskey", NO_SHORT_NAME, VALUE, Client.DOCKER),
    TLSVERIFY("tlsverify", NO_SHORT_NAME, BOOLEAN, Client.DOCKER),
    VERSION("version", 'v', BOOLEAN, Client.EACH),
    CGROUP_MANAGER("cgroup-manager", NO_SHORT_NAME, VALUE, Client.PODMAN),
    CONMON("conmon", NO_SHORT_NAME, VALUE, Client.PODMAN),
    CONNECTION("connection", 'c', VALUE, Client.PODMAN),
    EVENTS_BACKEND("events-backend", NO_SHORT_NAME, VALUE, Client.PODMAN),
    HOOKS_DIR("hooks-dir", NO_SHORT_NAME, LIST, Client.PODMAN),
    IDENTITY("identity", NO_SHORT_NAME, VALUE, Client.PODMAN),
    LOG_LEVEL_OF_PODMAN("log-level", NO_SHORT_NAME, VALUE, Client.PODMAN),
    NAMESPACE("namespace", NO_SHORT_NAME, VALUE, Client.PODMAN),
    NETWORK_CMD_PATH("network-cmd-path", NO_SHORT_NAME, VALUE, Client.PODMAN),
    NETWORK_CONFIG_DIR("network-config-dir", NO_SHORT_NAME, VALUE, Client.PODMAN),
    NOOUT("noout", NO_SHORT_NAME, BOOLEAN, Client.PODMAN),
    REMOTE("remote", 'r', BOOLEAN, Client.PODMAN),
    ROOT("root", NO_SHORT_NAME, VALUE, Client.PODMAN),
    RUNROOT("runroot", NO_SHORT_NAME, VALUE, Client.PODMAN),
    RUNTIME("runtime", NO_SHORT_NAME, VALUE, Client.PODMAN),
    RUNTIME_FLAG("runtime-flag", NO_SHORT_NAME, LIST, Client.PODMAN),
    SSH("ssh", NO_SHORT_NAME, VALUE, Client.PODMAN),
    STORAGE_DRIVER("storage-driver", NO_SHORT_NAME, VALUE, Client.PODMAN),
    STORAGE_OPT("storage-opt", NO_SHORT_NAME, LIST, Client.PODMAN),
    SYSLOG("syslog", NO_SHORT_NAME, BOOLEAN, Client.PODMAN),
    TMPDIR("tmpdir", NO_SHORT_NAME, VALUE, Client.PODMAN),
    URL("url", NO_SHORT_NAME, VALUE, Client.PODMAN),
    VOLUMEPATH("volumepath", NO_SHORT_NAME, VALUE, Client.PODMAN);

    private final String longName;
    private final char shortName;
    private final FlagKind kind;
    private final Client client;

    GlobalFlag(String longName, char shortName, FlagKind kind, Client client) {
        this.longName = longName;
        this.shortName = shortName;
        this.kind = kind;
        this.client = client;
    }

    /** Those that a runtime's client has. */
    public static List<GlobalFlag> of(ContainerRuntime runtime) {
        return Arrays.stream(values()).filter(flag -> flag.client.is(runtime)).toList();
    }

    @Override
    public String longName() {
        return longName;
    }

    @Override
    public char shortName() {
        return shortName;
    }

    @Override
    public FlagKind kind() {
        return kind;
    }
}
