package dev.mirrord.session.docker.command;

import java.util.EnumSet;
import java.util.Set;

/** Which flags only one of the clients has. */
final class RunFlagClients {

    private static final Set<RunFlag> OF_DOCKER =
            EnumSet.of(
                    RunFlag.CPU_COUNT,
                    RunFlag.CPU_PERCENT,
                    RunFlag.DNS_OPT,
                    RunFlag.DOMAINNAME,
                    RunFlag.HEALTH_START_INTERVAL,
                    RunFlag.IO_MAXBANDWIDTH,
                    RunFlag.IO_MAXIOPS,
                    RunFlag.ISOLATION,
                    RunFlag.LINK,
                    RunFlag.LINK_LOCAL_IP,
                    RunFlag.NET_ALIAS,
                    RunFlag.RUNTIME,
                    RunFlag.STORAGE_OPT,
                    RunFlag.USE_API_SOCKET,
                    RunFlag.VOLUME_DRIVER);

    /** They follow docker's in the table. */
    private static final Set<RunFlag> OF_PODMAN = EnumSet.range(RunFlag.ARCH, RunFlag.VARIANT);

    private RunFlagClients() {}

    static Client of(RunFlag flag) {
        if (OF_PODMAN.contains(flag)) {
            return Client.PODMAN;
        }
        return OF_DOCKER.contains(flag) ? Client.DOCKER : Client.EACH;
    }
}
