package dev.mirrord.session.docker.engine;

import java.nio.file.Files;

/** Why the engine did not answer, and what to do, in the user's words. */
final class Unreachable {

    private Unreachable() {}

    static String reason(Throwable root) {
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }

    static String advice(Endpoint endpoint, String why) {
        return switch (endpoint) {
            case Endpoint.UnixSocket socket when why.contains("Permission denied") ->
                    "Your user may not open "
                            + socket.path()
                            + ": add it to the group docker (sudo usermod -aG docker $USER, then"
                            + " log in again), or use rootless Docker.";
            case Endpoint.UnixSocket socket when !Files.exists(socket.path()) ->
                    "Start Docker (sudo systemctl start docker, or Docker Desktop), or name another"
                            + " engine with --context, -H or DOCKER_HOST.";
            case Endpoint.UnixSocket ignored ->
                    "Nothing answers there. Start Docker (sudo systemctl start docker, or Docker"
                            + " Desktop).";
            case Endpoint.OwnService ignored ->
                    "Podman's own service has ended. Check that 'podman info' works.";
            case Endpoint.PlainTcp ignored ->
                    "Check -H, DOCKER_HOST or the docker context, and that the engine listens"
                            + " there.";
            case Endpoint.ThroughClient ignored ->
                    "Check that your docker client reaches it: docker version with the same"
                            + " options.";
        };
    }
}
