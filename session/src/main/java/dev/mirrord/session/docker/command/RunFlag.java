package dev.mirrord.session.docker.command;

import static dev.mirrord.session.docker.command.FlagKind.BOOLEAN;
import static dev.mirrord.session.docker.command.FlagKind.LIST;
import static dev.mirrord.session.docker.command.FlagKind.VALUE;
import static dev.mirrord.session.docker.command.Placement.APP;
import static dev.mirrord.session.docker.command.Placement.BOTH;
import static dev.mirrord.session.docker.command.Placement.REWRITTEN;
import static dev.mirrord.session.docker.command.Placement.SIDECAR;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole flag set of {@code docker run} and {@code docker create} of Docker 28 and of podman
 * 4.3, and where each flag ends up. A test compares it with the help text of the client on the
 * machine; the client leaves flags out of that text that the daemon it reaches is too old for.
 */
public enum RunFlag implements Flag {
    ADD_HOST("add-host", LIST, SIDECAR),
    ANNOTATION("annotation", LIST, APP),
    ATTACH("attach", 'a', LIST, APP),
    BLKIO_WEIGHT("blkio-weight", VALUE, APP),
    BLKIO_WEIGHT_DEVICE("blkio-weight-device", LIST, APP),
    CAP_ADD("cap-add", LIST, APP),
    CAP_DROP("cap-drop", LIST, APP),
    CGROUP_PARENT("cgroup-parent", VALUE, APP),
    CGROUPNS("cgroupns", VALUE, APP),
    CIDFILE("cidfile", VALUE, APP),
    CPU_COUNT("cpu-count", VALUE, APP),
    CPU_PERCENT("cpu-percent", VALUE, APP),
    CPU_PERIOD("cpu-period", VALUE, APP),
    CPU_QUOTA("cpu-quota", VALUE, APP),
    CPU_RT_PERIOD("cpu-rt-period", VALUE, APP),
    CPU_RT_RUNTIME("cpu-rt-runtime", VALUE, APP),
    CPU_SHARES("cpu-shares", 'c', VALUE, APP),
    CPUS("cpus", VALUE, APP),
    CPUSET_CPUS("cpuset-cpus", VALUE, APP),
    CPUSET_MEMS("cpuset-mems", VALUE, APP),
    DETACH("detach", 'd', BOOLEAN, APP, false),
    DETACH_KEYS("detach-keys", VALUE, APP, false),
    DEVICE("device", LIST, APP),
    DEVICE_CGROUP_RULE("device-cgroup-rule", LIST, APP),
    DEVICE_READ_BPS("device-read-bps", LIST, APP),
    DEVICE_READ_IOPS("device-read-iops", LIST, APP),
    DEVICE_WRITE_BPS("device-write-bps", LIST, APP),
    DEVICE_WRITE_IOPS("device-write-iops", LIST, APP),
    DISABLE_CONTENT_TRUST("disable-content-trust", BOOLEAN, APP),
    DNS("dns", LIST, SIDECAR),
    DNS_OPTION("dns-option", LIST, SIDECAR),
    DNS_SEARCH("dns-search", LIST, SIDECAR),
    DOMAINNAME("domainname", VALUE, SIDECAR),
    ENTRYPOINT("entrypoint", VALUE, REWRITTEN),
    ENV("env", 'e', LIST, APP),
    ENV_FILE("env-file", LIST, APP),
    EXPOSE("expose", LIST, SIDECAR),
    GPUS("gpus", LIST, APP),
    GROUP_ADD("group-add", LIST, APP),
    HEALTH_CMD("health-cmd", VALUE, REWRITTEN),
    HEALTH_INTERVAL("health-interval", VALUE, APP),
    HEALTH_RETRIES("health-retries", VALUE, APP),
    HEALTH_START_INTERVAL("health-start-interval", VALUE, APP),
    HEALTH_START_PERIOD("health-start-period", VALUE, APP),
    HEALTH_TIMEOUT("health-timeout", VALUE, APP),
    HELP("help", BOOLEAN, APP),
    HOSTNAME("hostname", 'h', VALUE, SIDECAR),
    INIT("init", BOOLEAN, APP),
    INTERACTIVE("interactive", 'i', BOOLEAN, APP),
    IO_MAXBANDWIDTH("io-maxbandwidth", VALUE, APP),
    IO_MAXIOPS("io-maxiops", VALUE, APP),
    IP("ip", VALUE, SIDECAR),
    IP6("ip6", VALUE, SIDECAR),
    IPC("ipc", VALUE, APP),
    ISOLATION("isolation", VALUE, APP),
    KERNEL_MEMORY("kernel-memory", VALUE, APP),
    LABEL("label", 'l', LIST, APP),
    LABEL_FILE("label-file", LIST, APP),
    LINK("link", LIST, SIDECAR),
    LINK_LOCAL_IP("link-local-ip", LIST, SIDECAR),
    LOG_DRIVER("log-driver", VALUE, APP),
    LOG_OPT("log-opt", LIST, APP),
    MAC_ADDRESS("mac-address", VALUE, SIDECAR),
    MEMORY("memory", 'm', VALUE, APP),
    MEMORY_RESERVATION("memory-reservation", VALUE, APP),
    MEMORY_SWAP("memory-swap", VALUE, APP),
    MEMORY_SWAPPINESS("memory-swappiness", VALUE, APP),
    MOUNT("mount", LIST, APP),
    NAME("name", VALUE, APP),
    NETWORK("network", LIST, SIDECAR),
    NETWORK_ALIAS("network-alias", LIST, SIDECAR),
    NO_HEALTHCHECK("no-healthcheck", BOOLEAN, REWRITTEN),
    OOM_KILL_DISABLE("oom-kill-disable", BOOLEAN, APP),
    OOM_SCORE_ADJ("oom-score-adj", VALUE, APP),
    PID("pid", VALUE, APP),
    PIDS_LIMIT("pids-limit", VALUE, APP),
    PLATFORM("platform", VALUE, APP),
    PRIVILEGED("privileged", BOOLEAN, APP),
    PUBLISH("publish", 'p', LIST, SIDECAR),
    PUBLISH_ALL("publish-all", 'P', BOOLEAN, SIDECAR),
    PULL("pull", VALUE, REWRITTEN),
    QUIET("quiet", 'q', BOOLEAN, APP),
    READ_ONLY("read-only", BOOLEAN, APP),
    RESTART("restart", VALUE, APP),
    RM("rm", BOOLEAN, APP),
    RUNTIME("runtime", VALUE, APP),
    SECURITY_OPT("security-opt", LIST, APP),
    SHM_SIZE("shm-size", VALUE, APP),
    SIG_PROXY("sig-proxy", BOOLEAN, APP, false),
    STOP_SIGNAL("stop-signal", VALUE, APP),
    STOP_TIMEOUT("stop-timeout", VALUE, APP),
    STORAGE_OPT("storage-opt", LIST, APP),
    SYSCTL("sysctl", LIST, REWRITTEN),
    TMPFS("tmpfs", LIST, APP),
    TTY("tty", 't', BOOLEAN, APP),
    ULIMIT("ulimit", LIST, APP),
    USE_API_SOCKET("use-api-socket", BOOLEAN, APP),
    USER("user", 'u', VALUE, APP),
    USERNS("userns", VALUE, BOTH),
    UTS("uts", VALUE, APP),
    VOLUME("volume", 'v', LIST, APP),
    VOLUME_DRIVER("volume-driver", VALUE, APP),
    VOLUMES_FROM("volumes-from", LIST, APP),
    WORKDIR("workdir", 'w', VALUE, APP),
    ARCH("arch", VALUE, APP),
    AUTHFILE("authfile", VALUE, APP),
    CERT_DIR("cert-dir", VALUE, APP),
    CGROUP_CONF("cgroup-conf", LIST, APP),
    CGROUPS("cgroups", VALUE, APP),
    CHROOTDIRS("chrootdirs", LIST, APP),
    CONMON_PIDFILE("conmon-pidfile", VALUE, APP),
    CREDS("creds", VALUE, APP),
    DECRYPTION_KEY("decryption-key", LIST, APP),
    ENV_HOST("env-host", BOOLEAN, APP),
    ENV_MERGE("env-merge", LIST, APP),
    GIDMAP("gidmap", LIST, APP),
    GROUP_ENTRY("group-entry", VALUE, APP),
    HEALTH_LOG_DESTINATION("health-log-destination", VALUE, APP),
    HEALTH_MAX_LOG_COUNT("health-max-log-count", VALUE, APP),
    HEALTH_MAX_LOG_SIZE("health-max-log-size", VALUE, APP),
    HEALTH_ON_FAILURE("health-on-failure", VALUE, APP),
    HEALTH_STARTUP_CMD("health-startup-cmd", VALUE, APP),
    HEALTH_STARTUP_INTERVAL("health-startup-interval", VALUE, APP),
    HEALTH_STARTUP_RETRIES("health-startup-retries", VALUE, APP),
    HEALTH_STARTUP_SUCCESS("health-startup-success", VALUE, APP),
    HEALTH_STARTUP_TIMEOUT("health-startup-timeout", VALUE, APP),
    HOSTUSER("hostuser", LIST, APP),
    HTTP_PROXY("http-proxy", BOOLEAN, APP),
    IMAGE_VOLUME("image-volume", VALUE, APP),
    INIT_PATH("init-path", VALUE, APP),
    NO_HOSTNAME("no-hostname", BOOLEAN, APP),
    NO_HOSTS("no-hosts", BOOLEAN, APP),
    OS("os", VALUE, APP),
    PASSWD("passwd", BOOLEAN, APP, false),
    PASSWD_ENTRY("passwd-entry", VALUE, APP),
    PERSONALITY("personality", VALUE, APP),
    PIDFILE("pidfile", VALUE, APP),
    POD("pod", VALUE, APP),
    POD_ID_FILE("pod-id-file", VALUE, APP),
    PRESERVE_FD("preserve-fd", LIST, APP, false),
    PRESERVE_FDS("preserve-fds", VALUE, APP, false),
    RDT_CLASS("rdt-class", VALUE, APP),
    READ_ONLY_TMPFS("read-only-tmpfs", BOOLEAN, APP),
    REPLACE("replace", BOOLEAN, APP),
    REQUIRES("requires", LIST, APP),
    RETRY("retry", VALUE, APP),
    RETRY_DELAY("retry-delay", VALUE, APP),
    RMI("rmi", BOOLEAN, APP, false),
    ROOTFS("rootfs", BOOLEAN, APP),
    SDNOTIFY("sdnotify", VALUE, APP),
    SECCOMP_POLICY("seccomp-policy", VALUE, APP),
    SECRET("secret", LIST, APP),
    SHM_SIZE_SYSTEMD("shm-size-systemd", VALUE, APP),
    SIGNATURE_POLICY("signature-policy", VALUE, APP),
    SUBGIDNAME("subgidname", VALUE, APP),
    SUBUIDNAME("subuidname", VALUE, APP),
    SYSTEMD("systemd", VALUE, APP),
    TIMEOUT("timeout", VALUE, APP),
    TLS_VERIFY("tls-verify", BOOLEAN, APP),
    TZ("tz", VALUE, APP),
    UIDMAP("uidmap", LIST, APP),
    UMASK("umask", VALUE, APP),
    UNSETENV("unsetenv", LIST, APP),
    UNSETENV_ALL("unsetenv-all", BOOLEAN, APP),
    VARIANT("variant", VALUE, APP),
    DNS_OPT("dns-opt", LIST, SIDECAR, DNS_OPTION),
    NET("net", LIST, SIDECAR, NETWORK),
    NET_ALIAS("net-alias", LIST, SIDECAR, NETWORK_ALIAS);

    private final String longName;
    private final char shortName;
    private final FlagKind kind;
    private final Placement placement;
    private final boolean ofCreate;
    private final @Nullable RunFlag canonical;

    RunFlag(String longName, FlagKind kind, Placement placement) {
        this(longName, NO_SHORT_NAME, kind, placement, true, null);
    }

    RunFlag(String longName, char shortName, FlagKind kind, Placement placement) {
        this(longName, shortName, kind, placement, true, null);
    }

    RunFlag(String longName, FlagKind kind, Placement placement, boolean ofCreate) {
        this(longName, NO_SHORT_NAME, kind, placement, ofCreate, null);
    }

    RunFlag(String longName, char shortName, FlagKind kind, Placement placement, boolean ofCreate) {
        this(longName, shortName, kind, placement, ofCreate, null);
    }

    /** An older spelling that the client's help text hides. */
    RunFlag(String longName, FlagKind kind, Placement placement, RunFlag canonical) {
        this(longName, NO_SHORT_NAME, kind, placement, true, canonical);
    }

    RunFlag(
            String longName,
            char shortName,
            FlagKind kind,
            Placement placement,
            boolean ofCreate,
            @Nullable RunFlag canonical) {
        this.longName = longName;
        this.shortName = shortName;
        this.kind = kind;
        this.placement = placement;
        this.ofCreate = ofCreate;
        this.canonical = canonical;
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

    public Placement placement() {
        return placement;
    }

    /** False for the few that only {@code docker run} has. */
    public boolean ofCreate() {
        return ofCreate;
    }

    /** The flag that an older spelling stands for; otherwise itself. */
    public RunFlag canonical() {
        return canonical == null ? this : canonical;
    }

    /** Those that a runtime's client has. */
    public static List<RunFlag> of(ContainerRuntime runtime, Verb verb) {
        return Arrays.stream(values())
                .filter(flag -> verb == Verb.RUN || flag.ofCreate)
                .filter(flag -> RunFlagClients.of(flag).is(runtime))
                .toList();
    }

    public boolean hidden() {
        return canonical != null;
    }
}
