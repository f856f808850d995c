package dev.mirrord.session;

import dev.mirrord.session.docker.DockerFailure;
import dev.mirrord.session.kubernetes.cluster.ClusterFailure;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;

/** Turns what the parts throw into the one failure that front ends know. */
final class SessionFailures {
    private SessionFailures() {}

    static SessionFailure of(Throwable failure, Path log) {
        return switch (failure) {
            case CompletionException wrapped when wrapped.getCause() != null ->
                    of(wrapped.getCause(), log);
            case DockerFailure docker -> new SessionFailure(docker.text(), docker);
            case ClusterFailure cluster -> new SessionFailure(text(cluster) + logged(log), cluster);
            case SessionFailure session ->
                    new SessionFailure(session.getMessage() + logged(log), session);
            default -> new SessionFailure("unexpected failure: " + failure + logged(log), failure);
        };
    }

    /** The same where no session runs, hence no log. */
    static SessionFailure of(RuntimeException failure) {
        return switch (failure) {
            case DockerFailure docker -> new SessionFailure(docker.text(), docker);
            case ClusterFailure cluster -> new SessionFailure(text(cluster), cluster);
            default -> new SessionFailure("unexpected failure: " + failure, failure);
        };
    }

    private static String text(ClusterFailure failure) {
        return String.valueOf(failure.getMessage());
    }

    private static String logged(Path log) {
        return "\nThe session's log: " + log;
    }
}
