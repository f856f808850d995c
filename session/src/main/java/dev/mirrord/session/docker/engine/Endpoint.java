package dev.mirrord.session.docker.engine;

import java.net.URI;
import java.nio.file.Path;

/** Where the engine is, and by which way it is reached. */
public sealed interface Endpoint {

    /** As the user would write it. */
    String description();

    /** A socket of this machine. */
    record UnixSocket(Path path) implements Endpoint {
        @Override
        public String description() {
            return "unix://" + path;
        }

        URI uri() {
            return URI.create(description());
        }
    }

    /** Unprotected TCP. */
    record PlainTcp(String host, int port) implements Endpoint {
        @Override
        public String description() {
            return "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** Podman without a service that answers: one of the session's own is started. */
    record OwnService() implements Endpoint {
        @Override
        public String description() {
            return "podman system service";
        }
    }

    /** Any other: TLS, ssh, a named pipe. The user's client makes the connection. */
    record ThroughClient(String description) implements Endpoint {}
}
