package dev.mirrord.session.docker.command;

/** Whose client knows a flag; nerdctl's flags are docker's. */
enum Client {
    EACH,
    DOCKER,
    PODMAN;

    boolean is(ContainerRuntime runtime) {
        return switch (this) {
            case EACH -> true;
            case DOCKER -> runtime != ContainerRuntime.PODMAN;
            case PODMAN -> runtime == ContainerRuntime.PODMAN;
        };
    }
}
