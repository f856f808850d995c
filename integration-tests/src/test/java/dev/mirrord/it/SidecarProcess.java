package dev.mirrord.it;

/** The sidecar of the session that a container belongs to. */
final class SidecarProcess {
    private SidecarProcess() {}

    /** Its container's id. */
    static String container(String app) {
        return Command.docker(
                        "ps",
                        "-q",
                        "--filter",
                        "label=dev.mirrord/session=" + Mirrord.sessionOf(app),
                        "--filter",
                        "name=-sidecar")
                .orFail()
                .outLine();
    }

    /** Kills the JVM: the first child of the container's PID 1. */
    static void kill(String app) {
        String hold =
                Command.docker("inspect", "-f", "{{.State.Pid}}", container(app))
                        .orFail()
                        .outLine();
        Command.shell("kill -9 $(pgrep -P " + hold + " -x java)").orFail();
    }
}
